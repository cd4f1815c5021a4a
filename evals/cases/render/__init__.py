"""How the truth of a case can be seen. ``render(case, kind)`` makes one rendering when somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable

from evals.cases.case import Case, Rendering, RenderKind
from evals.cases.render import chart, fhir, labs, note

_MADE: dict[str, Callable[[Case], str]] = {
    "note": note.text,
    "fhir": fhir.text,
    "labs": labs.text,
    "chart": chart.text,
}


def render(case: Case, kind: RenderKind) -> Rendering:
    """The rendering that the case carries, or one made from its latent state.

    Refuses (ValueError) a kind that hangs on draws of its own and is not carried: a lay message, a VCF, a picture.
    """
    for held in case.renderings:
        if held.kind == kind:
            return held
    if kind not in _MADE:
        raise ValueError(f"a rendering of kind {kind!r} is made with its case and this case carries none")
    return Rendering(kind=kind, text=_MADE[kind](case))
