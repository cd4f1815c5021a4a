"""``make demo``: a worked consultation in the terminal, on real input, with everything that a page would show.

Two patients. The first: a question that needs literature, a variant written in free text, a fundus photograph
(scikit-image ships it), star alleles before a stent, and a question that nothing held answers. The second: treatment
options, "why not", and the handover sheets. The sentences are made by the tools at run time; nothing of them is stored.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answer import Role
from assistant.cli import edge
from assistant.events import Answered, CallEnded, CallStarted, Event, Failed, FrameChanged, Gated
from assistant.render import text

if TYPE_CHECKING:
    from assistant.ask import Assistant

TURNS = (
    "A 58-year-old woman with type 2 diabetes and heart failure takes metformin. Does an SGLT2 inhibitor reduce "
    "hospital admission for heart failure?",
    "Her sister carries BRCA1 185delAG. What does that mean, and what is known about PARP inhibitors?",
    "Here is her fundus photograph. Measure the vessels. Is there retinopathy?",
    "She is CYP2C19 *2/*17 and gets a coronary stent.",
    "What is the best dose of glucagon for a giraffe?",
)
PICTURE_TURN = 2
SECOND = (
    "A 72-year-old woman with AF, eGFR 34, weight 64 kg, creatinine 1.5 mg/dL, takes amiodarone, ibuprofen and "
    "simvastatin, CYP2C9 *1/*3. The lists are complete. What are her anticoagulation options?",
    "Why not warfarin?",
)


def fundus() -> bytes:
    """The fundus photograph that comes with scikit-image (CC0), as PNG bytes."""
    from PIL import Image
    from skimage import data

    file = io.BytesIO()
    Image.fromarray(data.retina()).save(file, "PNG")
    return file.getvalue()


def main() -> int:
    """Run the consultation; returns 0 when every turn got its answer."""
    settings = edge.ready()
    from assistant.ask import Assistant

    assistant = Assistant(settings)
    print(f"Consilium, a worked consultation. {assistant.privacy_line()}\n")
    failed = _talked(assistant, TURNS, PICTURE_TURN)[1]
    session, failed_too = _talked(assistant, SECOND)
    for path in _sheets(assistant, session, settings.data_dir / "demo"):
        print(f"Handover sheet: {path}")
    assistant.close()
    return 1 if failed or failed_too else 0


def _talked(assistant: Assistant, turns: Sequence[str], picture: int = -1) -> tuple[str, bool]:
    """One patient's talk, printed as it goes; the session, and whether a turn failed."""
    session, failed = assistant.open(Role.CLINICIAN, "GB"), False
    for number, question in enumerate(turns):
        print(f"{'=' * 100}\nClinician: {question}")
        if number == picture:
            assistant.attach(session, "retina.png", fundus())
            print("           (with a fundus photograph attached)")
        for line in progress(assistant.stream(session, question)):
            print(line, flush=True)
            failed |= line.startswith("!")
    return session, failed


def _sheets(assistant: Assistant, session: str, folder: Path) -> Iterator[Path]:
    from assistant.handover import FILES

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in FILES:
        path = folder / name
        path.write_bytes(assistant.sheet(session, name))
        yield path


def progress(events: Iterator[Event]) -> Iterator[str]:
    """What happens, one line an event, then the answer."""
    for event in events:
        match event:
            case Gated(level=level):
                yield f"  gate: {level or 'no red flag (not a finding of safety)'}"
            case FrameChanged(changes=changes):
                yield f"  patient: {'; '.join(changes)}"
            case CallStarted(tool=tool):
                yield f"  calling {tool} ..."
            case CallEnded(tool=tool, outcome=outcome, seconds=seconds):
                yield f"  {tool}: {outcome or 'failed'} ({seconds:.2f} s)"
            case Answered(answer=answer):
                yield "\n" + text(answer) + "\n"
            case Failed(reason=reason):
                yield f"! {reason}"


if __name__ == "__main__":
    sys.exit(main())
