"""Codes to a class: points, the 2015 table beside them, two guards, and codes that do not go together.

Points: Tavtigian 2020 (PMID 32720330). Table of 2015: Richards 2015 (PMID 25741868).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from genomics.acmg.criteria import (
    CODES,
    POINTS,
    Class,
    Criterion,
    Significance,
    Status,
    Strength,
    is_pathogenic,
)

RETIRED = {
    code: f"{code} (a reputable source's own class) is retired: the source's evidence counts, not its label "
    "(PMID 29543229)"
    for code in ("PP5", "BP6")
}
"""Codes of 2015 that are never produced and never counted, with the reason."""

SEVERITY = tuple(reversed(Significance))
"""Benign first, pathogenic last: for comparing classes."""

CONFLICT_POINTS = 6
"""Pathogenic points from which BA1 no longer stands alone."""

_GUARD_ONE = "a total of -1 is uncertain: the rules of 2015 want two supporting benign codes (PMID 25741868)"
_GUARD_BA1 = (
    f"BA1 beside {CONFLICT_POINTS} or more pathogenic points is a conflict: "
    "no class above uncertain, and not benign for BA1 alone"
)
_GUARD_OPEN = (
    "PVS1 is met and its strength open without a transcript model (PMID 30192042): no benign class beside it"
)
_WRITTEN = re.compile(r"\s*([A-Z]{2,3}\d)(?:[\s_-]+(.+?))?\s*")


class CodeError(ValueError):
    """A code or strength that the rules in use do not have; the message says which and why."""


def classify(criteria: Iterable[Criterion], *, guards: bool = True) -> Class:
    """The class of the codes that are met or confirmed; their order does not matter.

    Bounds (PMID 32720330): pathogenic from 10 points, likely pathogenic 6 to 9, likely benign -1 to -6, benign
    from -7; BA1 stands alone. ``guards`` switches the two changes that :data:`Class.guards` then names.
    """
    counted = [one for one in criteria if one.counts]
    points = sum(one.points for one in counted)
    stands_alone = any(one.strength is Strength.STAND_ALONE for one in counted)
    clash = stands_alone and sum(max(0, one.points) for one in counted) >= CONFLICT_POINTS
    told, used = _by_points(points, stands_alone, clash) if guards else (_plain(points, stands_alone), ())
    return Class(
        points=points,
        by_points=told,
        by_rules_2015=by_table(counted),
        conflict=clash or _strong_on_both_sides(counted),
        guards=used,
    )


def if_confirmed(criteria: Iterable[Criterion]) -> Class | None:
    """The class if every proposed code were confirmed; None if nothing is proposed."""
    held = tuple(criteria)
    if not any(one.status is Status.PROPOSED for one in held):
        return None
    promoted = (
        one.model_copy(update={"status": Status.CONFIRMED}) if one.status is Status.PROPOSED else one
        for one in held
    )
    settled = reconcile(promoted)
    return not_benign_while_open(classify(settled), settled)


def not_benign_while_open(verdict: Class, criteria: Iterable[Criterion]) -> Class:
    """The same class, or uncertain where PVS1 is met at its lowest strength only because a transcript model is missing.

    Such a variant may carry up to eight points more, and with them BA1 would be a conflict: it is not called benign.
    """
    null = next((one for one in criteria if one.code == "PVS1" and one.counts and one.command), None)
    if null is None or SEVERITY.index(verdict.by_points) >= SEVERITY.index(Significance.UNCERTAIN):
        return verdict
    told = (*verdict.guards, _GUARD_OPEN)
    return verdict.model_copy(update={"by_points": Significance.UNCERTAIN, "conflict": True, "guards": told})


def reconcile(criteria: Iterable[Criterion]) -> tuple[Criterion, ...]:
    """The same codes, those that may not stand together set to not met or lowered, with the reason.

    PVS1 switches off PP3 and PM4 (PMID 30192042); PM1 and PP3 give at most four points together (PMID 36413997);
    BA1 covers BS1, since both speak of the same frequency.
    """
    held = {one.code: one for one in criteria}
    if _counts(held, "PVS1"):
        for code in ("PP3", "PM4"):
            _switch_off(held, code, "PVS1 counts already, and speaks of the same effect (PMID 30192042)")
    if _counts(held, "BA1"):
        _switch_off(held, "BS1", "BA1 counts already, and speaks of the same frequency")
    if _counts(held, "PM1") and _counts(held, "PP3"):
        held["PP3"] = _within_four(held["PP3"], held["PM1"])
    return tuple(held.values())


def by_table(counted: Iterable[Criterion]) -> Significance:
    """The class by the table of 2015 (PMID 25741868), table 5; contradicting sides are uncertain.

    A moderate benign code, which that table does not know, counts as a supporting one, a very strong one as strong.
    """
    codes = list(counted)
    for_it = Counter(one.strength for one in codes if is_pathogenic(one.code))
    against = Counter(one.strength for one in codes if not is_pathogenic(one.code))
    pathogenic, benign = _pathogenic_side(for_it), _benign_side(against)
    if pathogenic and benign:
        return Significance.UNCERTAIN
    return pathogenic or benign or Significance.UNCERTAIN


def from_codes(written: Iterable[str]) -> tuple[Criterion, ...]:
    """Met criteria from codes as panels write them: "PM2_Supporting", "PM3_Very Strong", "BA1".

    Raises:
        CodeError: a code is unknown, retired, given twice, or its strength is no word of the rules.
    """
    read = tuple(_read(code) for code in written if code.strip())
    twice = [code for code, times in Counter(one.code for one in read).items() if times > 1]
    if twice:
        raise CodeError(f"{', '.join(twice)} is given more than once")
    return read


def strength_of(word: str) -> Strength:
    """The strength that a word spells: "Very Strong", "very_strong", "Supporting".

    Raises:
        CodeError: there is no such strength.
    """
    plain = re.sub(r"[\s_-]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", word.strip())).lower()
    try:
        return Strength(plain)
    except ValueError:
        raise CodeError(f"{word[:30]!r} is no strength; use {', '.join(Strength)}") from None


def lower(one: Significance, other: Significance) -> Significance:
    """The more benign of two classes."""
    return min(one, other, key=SEVERITY.index)


def _plain(points: int, stands_alone: bool) -> Significance:
    if stands_alone or points <= -7:
        return Significance.BENIGN
    if points >= 10:
        return Significance.PATHOGENIC
    if points >= 6:
        return Significance.LIKELY_PATHOGENIC
    return Significance.UNCERTAIN if points >= 0 else Significance.LIKELY_BENIGN


def _by_points(points: int, stands_alone: bool, clash: bool) -> tuple[Significance, tuple[str, ...]]:
    if clash:
        return lower(Significance.UNCERTAIN, _guarded(points)), (_GUARD_BA1,)
    if points == -1 and not stands_alone:
        return Significance.UNCERTAIN, (_GUARD_ONE,)
    return _plain(points, stands_alone), ()


def _guarded(points: int) -> Significance:
    return Significance.UNCERTAIN if points == -1 else _plain(points, stands_alone=False)


def _strong_on_both_sides(counted: list[Criterion]) -> bool:
    strong = [one for one in counted if abs(one.points) >= POINTS[Strength.STRONG]]
    benign = any(one.strength is Strength.STAND_ALONE for one in counted) or any(
        one.points < 0 for one in strong
    )
    return benign and any(one.points > 0 for one in strong)


def _pathogenic_side(held: Counter[Strength | None]) -> Significance | None:
    supporting, moderate = held[Strength.SUPPORTING], held[Strength.MODERATE]
    very = min(1, held[Strength.VERY_STRONG])
    strong = held[Strength.STRONG] + held[Strength.VERY_STRONG] - very
    with_very = very and (strong or moderate >= 2 or (moderate and supporting) or supporting >= 2)
    with_strong = strong and (
        moderate >= 3 or (moderate == 2 and supporting >= 2) or (moderate == 1 and supporting >= 4)
    )
    if with_very or strong >= 2 or with_strong:
        return Significance.PATHOGENIC
    likely = (
        (very and moderate)
        or (strong and (moderate or supporting >= 2))
        or moderate >= 3
        or (moderate == 2 and supporting >= 2)
        or (moderate == 1 and supporting >= 4)
    )
    return Significance.LIKELY_PATHOGENIC if likely else None


def _benign_side(held: Counter[Strength | None]) -> Significance | None:
    strong = held[Strength.STRONG] + held[Strength.VERY_STRONG]
    supporting = held[Strength.SUPPORTING] + held[Strength.MODERATE]
    if held[Strength.STAND_ALONE] or strong >= 2:
        return Significance.BENIGN
    return Significance.LIKELY_BENIGN if (strong and supporting) or supporting >= 2 else None


def _counts(held: dict[str, Criterion], code: str) -> bool:
    return code in held and held[code].counts


def _switch_off(held: dict[str, Criterion], code: str, reason: str) -> None:
    one = held.get(code)
    if one is None or one.strength is None:
        return
    told = f"Not counted: {reason}. Without it: {one.rationale}"
    held[code] = one.model_copy(update={"status": Status.NOT_MET, "strength": None, "rationale": told})


def _within_four(predicted: Criterion, hotspot: Criterion) -> Criterion:
    room = POINTS[Strength.STRONG] - hotspot.points
    if predicted.points <= room:
        return predicted
    reason = f"PM1 and PP3 give at most four points together (PMID 36413997). {predicted.rationale}"
    fitting = [strength for strength, points in POINTS.items() if 0 < points <= room]
    if not fitting:
        return predicted.model_copy(update={"status": Status.NOT_MET, "strength": None, "rationale": reason})
    strength = max(fitting, key=POINTS.__getitem__)
    return predicted.model_copy(update={"strength": strength, "rationale": reason})


def _read(written: str) -> Criterion:
    found = _WRITTEN.fullmatch(written)
    code = found[1] if found else ""
    if code in RETIRED:
        raise CodeError(RETIRED[code])
    if found is None or code not in CODES:
        raise CodeError(f"{written[:30]!r} is no code of the 2015 rules in use (PMID 25741868)")
    strength = strength_of(found[2]) if found[2] else CODES[code]
    if (strength is Strength.STAND_ALONE) != (code == "BA1"):
        raise CodeError(f"{written[:30]!r}: only BA1 stands alone, and it has no other strength")
    return Criterion(code=code, status=Status.MET, strength=strength, rationale="taken as given")
