"""``ask``: one question, one answer with its evidence."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli import edge

if TYPE_CHECKING:
    from assistant.ask import Assistant


def ask(
    question: Annotated[str, typer.Argument(help="The question; - reads standard input.")],
    attach: Annotated[
        list[Path] | None, typer.Option(help="A picture, DICOM or VCF file; may be repeated.")
    ] = None,
    patient: Annotated[
        Path | None, typer.Option(help="A text file about the patient, read into the frame.")
    ] = None,
    role: Annotated[str, typer.Option(help="clinician or patient")] = "clinician",
    country: Annotated[str, typer.Option(help="Two letters, for emergency numbers.")] = "",
    sheets: Annotated[
        Path | None,
        typer.Option(help="A folder for the handover sheets (PDF and Markdown) of this question."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The answer as one JSON document.")] = False,
) -> None:
    """Ask a question; exits 0 when answered, 4 when nothing is held on it, 3 when more input is needed."""
    settings = edge.ready()
    from assistant.answer import Role
    from assistant.ask import TurnFailed
    from assistant.render import text
    from assistant.sessions import UploadRefused

    if role not in tuple(Role):
        edge.stop(f"--role is clinician or patient, not '{role}'", edge.BAD_INPUT)
    assistant = edge.assistant_of(settings)
    session = assistant.open(Role(role), country or settings.country)
    try:
        for path in attach or []:
            assistant.attach(session, path.name, path.read_bytes())
        if patient:
            assistant.tell(session, patient.read_text(encoding="utf-8"))
        answer = assistant.ask(session, edge.read_text(question))
        if sheets:
            _put_sheets(assistant, session, sheets)
    except (UploadRefused, OSError, UnicodeDecodeError) as refused:
        edge.stop(str(refused), edge.BAD_INPUT)
    except TurnFailed as failed:
        edge.stop(str(failed), edge.BAD_INPUT if failed.bad_input else edge.BUG)
    finally:
        assistant.close()
    if as_json and answer.level == "emergency":
        print(answer.first_action, file=sys.stderr)
    edge.show(answer, as_json, lambda: text(answer))
    raise typer.Exit(_code(answer))


def _put_sheets(assistant: Assistant, session: str, folder: Path) -> None:
    from assistant.handover import FILES

    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (folder / name).write_bytes(assistant.sheet(session, name))
        print(folder / name, file=sys.stderr)


def _code(answer: object) -> int:
    from assistant.answer import Answer

    assert isinstance(answer, Answer)
    if answer.claims or answer.level or answer.reply:
        return edge.ANSWERED
    outcomes = [gap.outcome for gap in answer.not_answered if gap.outcome]
    return edge.CODES[outcomes[0]] if outcomes else edge.NOTHING
