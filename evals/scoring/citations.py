"""Citations: do they exist, do their quotes stand in them, and does the claim say what the paper found?"""

from __future__ import annotations

import re

from evals.cases.case import Case
from evals.run.trace import Cited, Trace
from evals.scoring.failed import after_crash
from evals.scoring.score import Score, could_not, not_applicable, scored
from evals.scoring.wording import plain

_ALL = ("invented_citation", "quote_held", "unsupported_claim", "citation_right", "direction_right")
_SAME = re.compile(
    r"\b(?:no (?:\w+ ){0,3}differen\w+|not (?:\w+ ){0,2}differ\w*|did not (?:\w+ ){0,2}(?:differ|change"
    r"|increase|decrease|reduce|improve|raise|lower)"
    r"|no (?:significant |clear |statistical )?(?:change|effect|increase|decrease|reduction|improvement|rise)"
    r"|similar|comparable|unchanged|equivalent"
    r"|no (?:better|worse|higher|lower|more|fewer|less)|not (?:\w+ )?(?:significant\w*|altered|affected))\b"
)
_UP = re.compile(
    r"\b(?:increas\w+|higher|raised?|rose|rise[sn]?|rising|greater|more|elevat\w+|larger|longer|gain\w*|improv\w+)\b"
)
_DOWN = re.compile(
    r"\b(?:decreas\w+|reduc\w+|lower\w*|fewer|less|fell|falls?|declin\w+|dropp\w+|smaller|shorter|worsen\w*)\b"
)


def support(case: Case, trace: Trace) -> tuple[Score, ...]:
    """Metrics of all claims of all turns.

    ``invented_citation``: 1 where a cited source is not held with its quote; ``quote_held``: share of citations that
    are; both leave out citations that nobody could look up. ``unsupported_claim``: share of claims without a citation.
    ``citation_right``: one of gold's sources is cited. ``direction_right``: the direction that is told first by the
    claims on gold's source (by any claim, where none cites it) is gold's.
    """
    scores = (*_held(trace), _unsupported(trace), _right(case, trace), _direction(case, trace))
    worst: dict[str, float | None] = dict.fromkeys(_ALL, None)
    return after_crash(trace, scores, worst | {"citation_right": 0.0, "direction_right": 0.0})


def _all(trace: Trace) -> list[Cited]:
    return [one for turn in trace.shown for claim in turn.claims for one in claim.cited]


def _held(trace: Trace) -> tuple[Score, Score]:
    cited = _all(trace)
    if not cited:
        return not_applicable("invented_citation", "nothing is cited"), not_applicable(
            "quote_held", "nothing is cited"
        )
    known = [one for one in cited if one.held is not None]
    if not known:
        why = "nobody could look the sources up"
        return could_not("invented_citation", why), could_not("quote_held", why)
    bad = [f"{one.source}: {one.quote[:120]}" for one in known if not one.held]
    return scored("invented_citation", bool(bad), "", *bad), scored(
        "quote_held", 1 - len(bad) / len(known), "", *bad
    )


def _unsupported(trace: Trace) -> Score:
    claims = [claim for turn in trace.shown for claim in turn.claims]
    if not claims:
        return not_applicable("unsupported_claim", "no claim was shown")
    bare = [claim.text for claim in claims if not claim.cited]
    return scored("unsupported_claim", len(bare) / len(claims), "", *bare)


def is_one(cited: Cited, sources: tuple[str, ...]) -> bool:
    """Whether a citation is one of the sources: by its id, or as "pmid:N"."""
    ids = {plain(cited.source), plain(cited.source).replace("pmid ", "pmid:")}
    if cited.pmid:
        ids.add(f"pmid:{plain(cited.pmid)}")
    return bool(ids & {plain(one) for one in sources})


def _right(case: Case, trace: Trace) -> Score:
    if not case.gold.sources:
        return not_applicable("citation_right", "gold names no source")
    right = any(is_one(one, case.gold.sources) for one in _all(trace))
    return scored(
        "citation_right", right, "", *([] if right else ["not cited: " + " or ".join(case.gold.sources)])
    )


def _direction(case: Case, trace: Trace) -> Score:
    gold = case.gold.direction
    if not gold:
        return not_applicable("direction_right", "gold names no direction")
    claims = [claim for turn in trace.shown for claim in turn.claims]
    on_it = [claim for claim in claims if any(is_one(one, case.gold.sources) for one in claim.cited)]
    said = next((found for claim in on_it or claims if (found := direction(claim.text))), "")
    return scored("direction_right", said == gold, f"told {said or 'none'}, gold {gold}")


def direction(text: str) -> str:
    """ "increased", "decreased" or "no difference", whichever is told first; "" where none is."""
    said = plain(text)
    found = [
        (hit.start(), name)
        for pattern, name in ((_SAME, "no difference"), (_UP, "increased"), (_DOWN, "decreased"))
        if (hit := pattern.search(said))
    ]
    return min(found)[1] if found else ""
