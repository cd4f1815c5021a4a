"""One case lived through with a subject: only what is presented goes in, and a crash comes out as its trace's error."""

from __future__ import annotations

import resource
import traceback
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from evals.cases.case import Case, File, Presented, Said
from evals.run.subject import Subject, Talk
from evals.run.trace import Shown, Trace

FORCED = "Answer with one letter: A self care, B see a clinician within days, C see a clinician today, D emergency."
"""What a forced form adds to the message."""


class Kept(NamedTuple):
    """What has been said and shown so far; it is still there when the subject crashes."""

    said: list[str]
    shown: list[Shown]


async def live(case: Case, subject: Subject, repeat: int = 0) -> Trace:
    """The trace of a case. This is the one boundary of the harness: whatever a subject raises is a failed case."""
    kept = Kept([], [])
    try:
        return await play(subject, case, repeat, kept)
    except Exception as crash:  # noqa: BLE001 - the boundary: a crash of one case is a counted failure
        return _trace(subject, case, repeat, kept, error=_told(crash))


async def play(subject: Subject, case: Case, repeat: int = 0, kept: Kept | None = None) -> Trace:
    """The trace of a case; what the subject raises goes through."""
    kept = Kept([], []) if kept is None else kept
    talk = await subject.open(_given(case, subject))
    try:
        unmatched = await _held(case, talk, kept)
    finally:
        await talk.close()
    return _trace(subject, case, repeat, kept, unmatched=unmatched)


def _trace(
    subject: Subject, case: Case, repeat: int, kept: Kept, unmatched: int = 0, error: str = ""
) -> Trace:
    return Trace(
        case=case.id,
        subject=subject.id,
        repeat=repeat,
        said=tuple(kept.said),
        shown=tuple(kept.shown),
        unmatched=unmatched,
        error=error,
        peak_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )


def _given(case: Case, subject: Subject) -> Presented:
    """What this subject is given: only the built-in one breaks its own tools, and to any other the trouble would tell
    the injected text and its canary."""
    given = presented(case)
    if not given.trouble:
        return given
    from evals.run.assistant_subject import AssistantSubject

    return given if type(subject) is AssistantSubject else given.model_copy(update={"trouble": ""})


def presented(case: Case) -> Presented:
    """What the subject is given: the first turn alone, and files as bytes (a drawing would tell the lesion)."""
    own = case.presented
    files = tuple(File(name=file.name, data=_bytes(file)) for file in own.files)
    return own.model_copy(update={"turns": (_worded(own.turns[0], own.form),), "files": files})


def _bytes(file: File) -> bytes:
    if file.drawing is None:
        return file.data
    from evals.cases.imagery import file_of

    return file_of(file.drawing)


def _worded(said: Said, form: str) -> Said:
    return said.model_copy(update={"text": f"{said.text}\n{FORCED}"}) if form == "forced" else said


async def _held(case: Case, talk: Talk, kept: Kept) -> int:
    """Hold the talk; returns how many questions the simulated patient did not understand."""
    for turn in case.presented.turns:
        worded = _worded(turn, case.presented.form)
        kept.said.append(worded.text)
        kept.shown.append(await talk.say(worded))
    if case.presented.form != "interactive" or case.dialogue is None:
        return 0
    from evals.cases.render.dialogue import SimulatedPatient

    patient = SimulatedPatient(case)
    while len(kept.shown) < case.dialogue.budget and kept.shown[-1].level != "emergency":
        last = kept.shown[-1]
        asked = bool(last.asked or last.ask_text)
        words, chosen = (
            patient.answer(last.asked, last.ask_text, last.choices) if asked else (patient.unasked(), ())
        )
        if not words and not chosen:
            break
        kept.said.append(_written(words, chosen, last.choices))
        kept.shown.append(await talk.say(Said(text=words), chosen))
    return patient.unmatched


def _written(words: str, chosen: Sequence[str], choices: Mapping[str, str]) -> str:
    """What the transcript shows of an answer: the words, or the labels that were pressed."""
    pressed = "; ".join(choices.get(each, each) for each in chosen)
    return " ".join(part for part in (words, f"[{pressed}]" if pressed else "") if part)


def _told(crash: BaseException) -> str:
    """One line, and the traceback after it without the names of this machine's folders."""
    first = f"{type(crash).__name__}: {str(crash).splitlines()[0] if str(crash) else ''}".strip()
    frames = traceback.extract_tb(crash.__traceback__)
    lines = [f"  {_inside(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames]
    return "\n".join([first, *lines])


def _inside(path: str) -> str:
    """A file's name from its package on: no home path goes into a run."""
    parts = path.split("/")
    for root in ("site-packages", "main"):
        if root in parts:
            return "/".join(parts[parts.index(root) + 1 :])
    return "/".join(parts[-2:])
