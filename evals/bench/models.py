"""Does a language model earn its place? Planning and wording, beside the rules, on one fixed list of questions.

Planning: which tool is called first, with the tools in their own order and shuffled twice, beside the router. Wording:
whole turns through the same loop, what verify kept of the model's sentences, how long it took. Pairs of answers, rules
and model in random order, are written out for a blind reading.

    python -m evals.bench.models --provider local --name qwen2.5-coder-1.5b --turns 12 --pairs pairs.txt
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage, SystemMessage

from assistant.answer import Answer, Attachment, Role
from assistant.ask import Assistant
from assistant.compile import EMPTY_DRAFT
from assistant.demo import fundus
from assistant.events import Answered, Checked
from assistant.held import held
from assistant.langchain_tools import langchain_tools
from assistant.models.choose import choose
from assistant.models.prompt import SYSTEM, question_text
from assistant.models.router import route
from assistant.models.rules import DRAFT, GIVEN, RULES
from assistant.settings import Limits, Model, Settings
from assistant.turn import Cited, Draft, Sentence, TurnInput
from assistant.verify import judge
from retrieval.search import configure, library

SEED = 7
SECONDS = 300.0
"""Given to a turn here, so that the model's work is measured and not the limit of the settings."""


class Question(NamedTuple):
    """A question, its tools (each needed in a whole turn; none: outside), and whether a fundus picture is attached."""

    text: str
    tools: tuple[str, ...]
    picture: bool = False


LITERATURE, VARIANT, PICTURE = ("search_literature",), ("interpret_variant",), ("read_image",)
URGENCY = ("triage",)
QUESTIONS = (
    Question(
        "Does adding a long-acting muscarinic antagonist lower the number of COPD exacerbations?", LITERATURE
    ),
    Question(
        "Does dapagliflozin reduce hospital admission in heart failure with preserved ejection fraction?",
        LITERATURE,
    ),
    Question("How well does bowel screening prevent deaths from colorectal cancer?", LITERATURE),
    Question("Should a pregnant woman at high risk of pre-eclampsia take low-dose aspirin?", LITERATURE),
    Question("Is apixaban safer than warfarin in atrial fibrillation?", LITERATURE),
    Question("What is the evidence for anti-VEGF injections in diabetic macular oedema?", LITERATURE),
    Question("Do statins lower cardiovascular events in familial hypercholesterolaemia?", LITERATURE),
    Question("Which blood pressure target prevents more strokes?", LITERATURE),
    Question("Interpret BRCA1 c.68_69del.", VARIANT),
    Question("What do we know about TP53 R248W?", VARIANT),
    Question("Her report says rs6025. What is that?", VARIANT),
    Question("Is CFTR F508del pathogenic?", VARIANT),
    Question("HFE C282Y found in a blood donor: what does it mean?", VARIANT),
    Question("Her sister carries MSH2 c.942+3A>T. Classify it, please.", VARIANT),
    Question("Please look at this fundus photograph.", PICTURE, picture=True),
    Question("Measure the vessels in the attached picture.", PICTURE, picture=True),
    Question("Is this retinal image good enough to read?", PICTURE, picture=True),
    Question("Can a CYP2C19 poor metaboliser be given clopidogrel?", LITERATURE),
    Question("Is codeine advisable in a CYP2D6 ultrarapid metaboliser?", LITERATURE),
    Question("Does SLCO1B1 genotype matter before simvastatin?", LITERATURE),
    Question("How urgent is this: sudden tearing chest pain through to the back for one hour?", URGENCY),
    Question("Which anaesthetic is best for a horse with colic?", ()),
    Question("What will the weather be in Oslo tomorrow?", ()),
    Question("Who won the football world cup in 1998?", ()),
)
MIXED = (
    Question("What is CFTR F508del, and do CFTR modulators improve lung function?", (*VARIANT, *LITERATURE)),
    Question(
        "Here is her fundus photograph. Measure the vessels. Is laser or anti-VEGF better for diabetic retinopathy?",
        (*PICTURE, *LITERATURE),
        picture=True,
    ),
)
"""Questions that need two tools; in whole turns only."""
TURNS = (
    QUESTIONS[0], MIXED[0], QUESTIONS[17], QUESTIONS[8], QUESTIONS[4], MIXED[1], QUESTIONS[21], QUESTIONS[12],
    QUESTIONS[18], QUESTIONS[3], QUESTIONS[1], QUESTIONS[14],
)  # fmt: skip
"""Questions for whole turns, so mixed that a shorter run is mixed too."""


class First(NamedTuple):
    """The first tool that was called (empty: none), and how long it took to choose."""

    tool: str
    seconds: float


def is_right(question: Question, tool: str) -> bool:
    """A tool of the question's list; outside every tool the literature may be searched (and refuses), or nothing."""
    return tool in question.tools if question.tools else tool in ("", DRAFT, *LITERATURE)


def given(question: Question) -> TurnInput:
    """What a planner is told."""
    files = (Attachment(id="file1", name="x.png", kind="image", path="x"),) if question.picture else ()
    return TurnInput(turn=1, role=Role.CLINICIAN, question=question.text, attachments=files)


def by_rules(question: Question) -> First:
    """The router's first call."""
    started = time.perf_counter()
    calls = route(given(question), ())
    return First(calls[0].tool if calls else "", time.perf_counter() - started)


def by_model(model: BaseChatModel, order: int) -> Callable[[Question], First]:
    """The model's first call, with the tools in their own order (0) or shuffled."""
    tools: list[Any] = langchain_tools(Role.CLINICIAN)
    if order:
        random.Random(SEED + order).shuffle(tools)
    bound = model.bind_tools([*tools, Draft])

    def first(question: Question) -> First:
        told = given(question)
        asked = HumanMessage(
            content=question_text(told), additional_kwargs={GIVEN: told.model_dump(mode="json")}
        )
        started = time.perf_counter()
        reply = bound.invoke([SystemMessage(content=SYSTEM), asked])
        name = reply.tool_calls[0]["name"] if reply.tool_calls else ""
        return First(name, time.perf_counter() - started)

    return first


def planning(name: str, first: Callable[[Question], First], questions: Sequence[Question]) -> str:
    """One line: how many first calls are right, which are not, and the median time."""
    chosen = [(question, first(question)) for question in questions]
    wrong = [
        f"{one.text[:40]!r} -> {made.tool or 'none'}" for one, made in chosen if not is_right(one, made.tool)
    ]
    seconds = statistics.median(made.seconds for _, made in chosen)
    return "\n    ".join([f"{name:32} {len(chosen) - len(wrong)}/{len(chosen)}   {seconds:7.2f} s", *wrong])


class Wording(NamedTuple):
    """One whole turn."""

    question: Question
    answer: Answer
    seconds: float
    model_seconds: float
    checked: Checked | None
    unsupported: int
    """Shown sentences that do not pass verify when they are judged once more from outside the loop."""

    @property
    def drafted(self) -> bool:
        """A model drafted, even if nothing of it was left."""
        return self.answer.wording != RULES or EMPTY_DRAFT in self.answer.notes

    @property
    def complete(self) -> bool:
        """Every tool that the question needs was called."""
        return set(self.question.tools) <= {call.tool for call in self.answer.calls}

    def row(self) -> dict[str, Any]:
        """The figures of the turn."""
        checked = self.checked
        return {
            "question": self.question.text,
            "wording": self.answer.wording,
            "tools": [call.tool for call in self.answer.calls],
            "shown": len(self.answer.claims),
            "kept": checked.supported if checked else 0,
            "corrected": checked.corrected if checked else 0,
            "dropped": checked.dropped if checked else 0,
            "unsupported": self.unsupported,
            "seconds": round(self.seconds, 1),
            "model_seconds": round(self.model_seconds, 1),
            "notes": list(self.answer.notes),
            "not_shown": [f"{entry.text} [{entry.reason}]" for entry in self.answer.not_shown],
        }


def worded(assistant: Assistant, question: Question) -> Wording:
    """One question in a session of its own."""
    session = assistant.open(Role.CLINICIAN)
    if question.picture:
        assistant.attach(session, "retina.png", fundus())
    checked, started = None, time.perf_counter()
    for event in assistant.stream(session, question.text):
        if isinstance(event, Checked):
            checked = event
        if isinstance(event, Answered):
            seconds, answer = time.perf_counter() - started, event.answer
    rules = assistant.settings.model.provider == RULES
    model = checked.model_seconds if checked and not rules else 0.0
    return Wording(
        question, answer, seconds, model, checked, len(list(_unsupported(assistant, session, answer)))
    )


def _unsupported(assistant: Assistant, session: str, answer: Answer) -> Iterator[str]:
    from assistant.turn import numbered

    results = assistant.sessions.get(session).turns[-1].results
    cited: dict[str, Cited] = {
        entry.id: entry for place in results for entry in numbered(answer.turn, place, results[place])
    }
    for claim in answer.claims:
        sentence = Sentence(text=claim.text, evidence=list(claim.evidence_ids))
        if not judge(sentence, cited, held(), answer.question).shown:
            yield claim.text


def summary(turns: Sequence[Wording], name: str) -> str:
    """The wording figures of all turns."""
    mine = [turn for turn in turns if turn.drafted and turn.checked]
    kept, corrected, dropped = (
        sum(getattr(turn.checked, field) for turn in mine) for field in ("supported", "corrected", "dropped")
    )
    drafted = kept + corrected + dropped
    by_rules = sum(turn.answer.wording == RULES for turn in turns)
    seconds = sorted(turn.seconds for turn in turns)
    lines = [
        f"{name}: {len(turns)} turns; worded by the model {len(turns) - by_rules}, by rules {by_rules}",
        f"  all needed tools called: {sum(turn.complete for turn in turns)}/{len(turns)}; "
        f"calls in all: {sum(len(turn.answer.calls) for turn in turns)}",
        f"  its sentences: {drafted} drafted; {kept} kept, {corrected} corrected, {dropped} dropped at last",
        f"  shown without support: {sum(turn.unsupported for turn in turns)}",
        f"  seconds an answer: median {statistics.median(seconds):.1f}, longest {seconds[-1]:.1f}; "
        f"over 60 s: {sum(second > 60 for second in seconds)}",
    ]
    spent = sum(turn.model_seconds for turn in mine)
    if mine:
        lines.append(f"  the model's share of the time: {spent / sum(turn.seconds for turn in mine):.0%}")
    return "\n".join(lines)


def pairs(rules: Sequence[Wording], model: Sequence[Wording]) -> tuple[str, str]:
    """Answers side by side in random order, and the key: which side the model was."""
    toss, blocks, key = random.Random(SEED), [], []
    for number, (one, other) in enumerate(zip(rules, model, strict=True), 1):
        swapped = toss.random() < 0.5
        left, right = (other, one) if swapped else (one, other)
        blocks.append(f"=== {number}. {one.question.text}\n--- A\n{_told(left)}\n--- B\n{_told(right)}\n")
        key.append(f"{number}: model is {'A' if swapped else 'B'} (worded by {other.answer.wording})")
    return "\n".join(blocks), "\n".join(key)


def _told(turn: Wording) -> str:
    lines = [f"- {claim.text} [{', '.join(claim.evidence_ids)}]" for claim in turn.answer.claims]
    return "\n".join(lines or [turn.answer.reply or "(nothing)"])


def main() -> None:
    """Measure the named model beside the rules."""
    chosen = _arguments()
    model = Model(
        provider=chosen.provider,
        name=chosen.name,
        base_url=chosen.base_url,
        tool_calls=chosen.tool_calls,
        timeout_s=SECONDS,
    )
    with tempfile.TemporaryDirectory() as folder:
        configure(Path(folder))
        library().wait()
        _planning(choose(Settings(model=model)), chosen)
        _wording(model, Path(folder), chosen)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--provider", choices=["local", "openai"], default="local")
    parser.add_argument("--name", default="qwen2.5-coder-1.5b")
    parser.add_argument("--base-url", default="")
    parser.add_argument("--tool-calls", choices=["auto", "native", "forced"], default="auto")
    parser.add_argument("--questions", type=int, default=len(QUESTIONS), help="for planning")
    parser.add_argument(
        "--orders", type=int, default=3, help="orders of the tools; the first is the product's"
    )
    parser.add_argument("--turns", type=int, default=len(TURNS), help="whole turns")
    parser.add_argument("--pairs", type=Path, help="write pairs for a blind reading, and the key beside them")
    return parser.parse_args()


def _planning(model: BaseChatModel, chosen: argparse.Namespace) -> None:
    questions = QUESTIONS[: chosen.questions]
    if questions:
        print(planning("first call, rules", by_rules, questions), flush=True)
    for order in range(chosen.orders if questions else 0):
        print(planning(f"first call, model, order {order}", by_model(model, order), questions), flush=True)


def _wording(model: Model, folder: Path, chosen: argparse.Namespace) -> None:
    asked = TURNS[: chosen.turns]
    if not asked:
        return
    rules = _turns(Settings(data_dir=folder / "rules"), asked)
    print(summary(rules, "rules"), flush=True)
    limits = Limits(turn_seconds=SECONDS)
    turns = _turns(Settings(data_dir=folder / "model", model=model, limits=limits), asked)
    print(summary(turns, model.name))
    if chosen.pairs:
        text, key = pairs(rules, turns)
        chosen.pairs.write_text(text, encoding="utf-8")
        chosen.pairs.with_suffix(".key").write_text(key, encoding="utf-8")
    assert not any(turn.unsupported for turn in turns), "a sentence without support was shown"


def _turns(settings: Settings, asked: Sequence[Question]) -> list[Wording]:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    assistant = Assistant(settings)
    turns = []
    for question in asked:
        turns.append(worded(assistant, question))
        if settings.model.provider != RULES:
            print(json.dumps(turns[-1].row(), ensure_ascii=False), flush=True)
    assistant.close()
    return turns


if __name__ == "__main__":
    main()
