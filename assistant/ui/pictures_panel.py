"""What the image panel shows: photographs with what lies over each, the verdict, and what was read from them.

Pure: an answer and its pictures in, names and HTML out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from assistant.answer import Answer, Claim
from assistant.ui import wording
from assistant.ui.pictures import same_frame
from assistant.ui.plain import plain
from retrieval.evidence import Artifact

TOOL = "read_image"
NOTICE = (
    '<p class="research">Research use, not a diagnosis.</p><p class="src"><a href="/lab/" target="_blank" '
    'rel="noopener">Generation lab</a>: made pictures and drawn lesions, for research and teaching.</p>'
)
OVERLAYS = {
    "vessels": "Vessels",
    "unlike": "Unlike healthy",
    "reference": "Healthy reference",
    "difference": "Difference",
    "enhanced": "Enhanced",
}
"""The roles that lie over a photograph, in the order of the buttons, and the words on each."""
FIRST = ("unlike", "vessels", "enhanced", "reference", "difference")
"""Which one lies there at first: where to look comes before what was measured."""
DRAWN = "drawn"
"""The role of a plot or a structure, which lies over no photograph."""
NO_PLACE = "No place is framed"
"""What the words of a map say that marks nothing: it lies there at first only where nothing else does."""


@dataclass(frozen=True)
class Shot:
    """A photograph and the keys of what lies over it, each under the words on its button."""

    original: str
    over: tuple[tuple[str, str], ...] = ()
    reference: str = ""
    """Key of the healthy reference, which also stands beside the photograph."""
    unmarked: bool = False
    """Whether the map of what is unlike healthy pictures frames no place."""

    @property
    def first(self) -> str:
        """The words on the button that is pressed at first; "" where nothing lies over."""
        names = [name for name, _ in self.over]
        order = sorted(FIRST, key=lambda role: self.unmarked and role == "unlike")
        wanted = [OVERLAYS[role] for role in order if OVERLAYS[role] in names]
        return (wanted or names or [""])[0]

    def key(self, name: str) -> str:
        """The key of the picture under a button, or "" if there is no such button."""
        return dict(self.over).get(name, "")


def shots(pictures: Mapping[str, Artifact]) -> tuple[Shot, ...]:
    """The photographs of an answer in order. Pictures without a role are none, but a lone pair of them is one.

    A picture of another shape than its photograph cannot lie over it; a reference still stands beside it.
    """
    if len(pictures) == 2 and not any(one.role for one in pictures.values()):
        (under, _), (over, above) = pictures.items()
        return (Shot(under, ((above.title, over),)),)
    found: list[Shot] = []
    for key, one in pictures.items():
        if one.role == "original":
            found.append(Shot(key))
        elif one.role not in ("", DRAWN) and found:
            found[-1] = _with(found[-1], key, one, fits=same_frame(pictures[found[-1].original], one))
    return tuple(map(_in_order, found))


def _with(shot: Shot, key: str, one: Artifact, *, fits: bool) -> Shot:
    over = ((OVERLAYS.get(one.role, one.title), key),) if fits else ()
    reference = key if one.role == "reference" else shot.reference
    unmarked = shot.unmarked or (one.role == "unlike" and NO_PLACE in one.alt)
    return Shot(shot.original, (*shot.over, *over), reference, unmarked)


def _in_order(shot: Shot) -> Shot:
    order = [*OVERLAYS.values(), *(name for name, _ in shot.over)]
    return replace(shot, over=tuple(sorted(shot.over, key=lambda one: order.index(one[0]))))


def others(pictures: Mapping[str, Artifact], found: tuple[Shot, ...]) -> tuple[Artifact, ...]:
    """The pictures that belong to no photograph."""
    held = {
        key for shot in found for key in (shot.original, shot.reference, *(over for _, over in shot.over))
    }
    return tuple(one for key, one in pictures.items() if key not in held)


def verdict(answer: Answer) -> str:
    """What stands apart, what the picture seems to be, or why it was not read; "" where none was looked at."""
    if told := _verdicts(answer):
        return "".join(f'<p class="verdict">{_numbered(no)} {plain(said)}</p>' for no, said in told.items())
    gaps = [gap for gap in answer.not_answered if gap.tool == TOOL]
    return "".join(
        f'<p class="verdict">{wording.outcome_badge(gap.outcome, gap.tool)} {plain(gap.reason)}</p>'
        for gap in gaps[:1]
    )


def read(answer: Answer) -> str:
    """What else was read, in order: its number under Evidence and its first two sentences."""
    above = _verdicts(answer)
    rows = "".join(_row(number, claim) for number, claim in _told(answer) if number not in above)
    if not rows:
        return ""
    head = '<tr><th scope="col">No</th><th scope="col">In brief; the whole stands under Evidence</th></tr>'
    return (
        '<div class="grid read"><table><caption>Read from the picture</caption>'
        f"<thead>{head}</thead><tbody>{rows}</tbody></table></div>"
    )


def _told(answer: Answer) -> list[tuple[int, Claim]]:
    return [(number, claim) for number, claim in enumerate(answer.claims, 1) if claim.tool == TOOL]


def _verdicts(answer: Answer) -> dict[int, str]:
    """What stands in the verdict, by number: the first finding, in brief where it stands before the gate's."""
    told = _told(answer)
    gate = next(((number, claim.text) for number, claim in told if _is_gate(claim)), None)
    if not told or gate is None:
        return {number: claim.text for number, claim in told[:1]}
    first, claim = told[0]
    return {first: _brief(claim.text), gate[0]: gate[1]} if first != gate[0] else dict([gate])


def _is_gate(claim: Claim) -> bool:
    """Whether the claim stands on the card of a gate: it says what the picture is."""
    return claim.evidence[0].source.id.endswith("-gate")


def _numbered(number: int) -> str:
    return f'<span class="claim-no">{number}</span>'


def _row(number: int, claim: Claim) -> str:
    return f"<tr><td>{_numbered(number)}</td><td>{wording.action(claim.action)} {plain(_brief(claim.text))}</td></tr>"


def _brief(text: str) -> str:
    """The first two sentences: what was called, and where or with which limit."""
    sentences = text.split(". ")
    return ". ".join(sentences[:2]).rstrip(".") + (". …" if len(sentences) > 2 else ".")
