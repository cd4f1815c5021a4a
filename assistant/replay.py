"""What the archive keeps of a turn, and how the turn is made again from it."""

from __future__ import annotations

import difflib
import tempfile
import time
from pathlib import Path
from typing import Any

from pydantic import Base64Bytes

from assistant.answer import Answer
from assistant.settings import Settings
from assistant.turn import Cited, Turn, TurnInput
from retrieval.evidence import Word
from tools.registry import Attached, Context


class KeptFile(Word):
    """A file of the session as it was when the question was asked."""

    kind: str
    data: Base64Bytes


class Kept(Word):
    """Everything that a turn was given, and the answer once there is one."""

    given: TurnInput
    earlier: tuple[Cited, ...]
    files: dict[str, KeptFile]
    country: str
    answer_id: str
    session: str
    seconds: float
    answer: Answer | None = None


class Compared(Word):
    """A replayed answer beside the first one."""

    answer_id: str
    same: bool
    differences: tuple[str, ...] = ()
    note: str = ""

    def words(self) -> str:
        """For a person."""
        if self.same:
            return f"{self.answer_id}: the same answer, byte for byte"
        return "\n".join([f"{self.answer_id}: the answer differs. {self.note}".strip(), *self.differences])


def keep(turn: Turn, settings: Settings) -> Kept:
    """What has to be archived so that the turn can be made again. Reads the session's files."""
    from base64 import b64encode

    files = {
        name: KeptFile(kind=file.kind, data=b64encode(Path(file.path).read_bytes()))
        for name, file in turn.context.attachments.items()
    }
    return Kept(
        given=turn.given,
        earlier=turn.earlier,
        files=files,
        country=turn.context.country,
        answer_id=turn.answer_id,
        session=turn.session,
        seconds=settings.limits.turn_seconds,
    )


def rerun(before: Kept, agent: Any) -> Compared:
    """Run the turn again and compare the answers' JSON. A language model may word differently; rules may not."""
    from assistant.loop import run

    assert before.answer is not None
    with tempfile.TemporaryDirectory(prefix="consilium-replay-") as folder:
        files = {}
        for name, file in before.files.items():
            path = Path(folder) / name
            path.write_bytes(file.data)
            files[name] = Attached(kind=file.kind, path=str(path))
        turn = Turn(
            given=before.given,
            context=Context(files, before.given.patient, before.given.role, before.country),
            answer_id=before.answer_id,
            session=before.session,
            earlier=before.earlier,
            deadline=time.monotonic() + before.seconds,
        )
        for _ in run(agent, turn):
            pass
    first = before.answer.model_dump_json(indent=1)
    again = turn.answer.model_dump_json(indent=1) if turn.answer else ""
    if first == again:
        return Compared(answer_id=before.answer_id, same=True)
    lines = difflib.unified_diff(first.splitlines(), again.splitlines(), "first", "again", lineterm="", n=0)
    note = "" if before.answer.wording == "rules" else f"It was worded by {before.answer.wording}."
    return Compared(answer_id=before.answer_id, same=False, differences=tuple(lines)[:60], note=note)
