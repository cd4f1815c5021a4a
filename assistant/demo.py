"""``make demo``: a worked consultation in the terminal, on real input, with everything that a page would show.

One session: a question that needs literature, a variant written in free text, a fundus photograph (scikit-image ships
it), star alleles before a stent, and a question that nothing held answers. The sentences are made by the tools at run
time; nothing of them is stored.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

from assistant.answer import Role
from assistant.cli import edge
from assistant.events import Answered, CallEnded, CallStarted, Event, Failed, FrameChanged, Gated
from assistant.render import text

TURNS = (
    "A 58-year-old woman with type 2 diabetes and heart failure takes metformin. Does an SGLT2 inhibitor reduce "
    "hospital admission for heart failure?",
    "Her sister carries BRCA1 185delAG. What does that mean, and what is known about PARP inhibitors?",
    "Here is her fundus photograph. Measure the vessels. Is there retinopathy?",
    "She is CYP2C19 *2/*17 and gets a coronary stent.",
    "What is the best dose of glucagon for a giraffe?",
)
PICTURE_TURN = 2


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
    session = assistant.open(Role.CLINICIAN, "GB")
    print(f"Consilium, a worked consultation. {assistant.privacy_line()}\n")
    failed = False
    for number, question in enumerate(TURNS):
        print(f"{'=' * 100}\nClinician: {question}")
        if number == PICTURE_TURN:
            assistant.attach(session, "retina.png", fundus())
            print("           (with a fundus photograph attached)")
        for line in progress(assistant.stream(session, question)):
            print(line, flush=True)
            failed |= line.startswith("!")
    assistant.close()
    return 1 if failed else 0


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
