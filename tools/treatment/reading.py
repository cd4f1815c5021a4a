"""Predicates as the YAML writes them, read into the closed language; anything else is refused."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, get_args

from tools.treatment.predicates import (
    All,
    Allergic,
    Any_,
    Bounds,
    Breastfeeding,
    Condition,
    Not,
    Number,
    Phenotype,
    Predicate,
    PredicateError,
    Pregnant,
    Sex,
    Side,
    State,
    Takes,
)

NUMBERS: Mapping[str, str] = {
    "age": "years", "weight": "kg", "height": "cm", "creatinine": "mg/dL", "egfr": "mL/min/1.73 m²",
    "crcl": "mL/min", "potassium": "mmol/L", "sodium": "mmol/L", "magnesium": "mmol/L", "calcium": "mg/dL",
    "glucose": "mg/dL", "bilirubin": "mg/dL", "albumin": "g/dL", "inr": "", "qtc": "ms", "lvef": "%",
    "hba1c": "%", "digoxin_level": "ng/mL", "weeks_pregnant": "weeks", "systolic": "mmHg", "heart_rate": "/min",
    "diastolic": "mmHg", "bmi": "kg/m²", "uacr": "mg/g", "uric_acid": "mg/dL", "ldl": "mg/dL", "platelets": "10⁹/L",
    "alt": "U/L", "cha2ds2_vasc": "points", "has_bled": "points", "ascvd_risk": "% in 10 years",
    "curb65": "points", "mme": "mg/day", "child_pugh": "points",
}  # fmt: skip
"""Values that a predicate can ask, and their unit inside."""

_BOUNDS = ("lt", "le", "gt", "ge")
_TAKES = {"drug", "class", "any_of", "side", "besides", "state", "route", "daily_mg"}


def parse(given: Any) -> Predicate:
    """The predicate that a piece of YAML writes.

    Raises:
        PredicateError: an unknown predicate, field, unit or form.
    """
    if not isinstance(given, Mapping) or len(given) != 1:
        raise PredicateError(f"a predicate is one name with its argument, not {given!r}")
    [(name, argument)] = given.items()
    if name in NUMBERS:
        return _number(name, argument)
    if name not in _FORMS:
        raise PredicateError(f"there is no predicate {name!r}")
    return _FORMS[name](argument)


def bounds(given: Any) -> Bounds:
    """``{lt: 30}``, ``{ge: 30, lt: 45}`` or ``{between: [15, 50]}`` (both ends in)."""
    if not isinstance(given, Mapping) or not given:
        raise PredicateError(f"a range needs lt, le, gt, ge or between, not {given!r}")
    asked = dict(given)
    if "between" in asked:
        low, high = asked.pop("between")
        asked |= {"ge": low, "le": high}
    if set(asked) - set(_BOUNDS) or not all(_finite(value) for value in asked.values()):
        raise PredicateError(f"a range needs finite numbers under lt, le, gt, ge or between, not {given!r}")
    return Bounds(**{key: float(value) for key, value in asked.items()})


def _finite(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _number(name: str, argument: Any) -> Number:
    if not isinstance(argument, Mapping):
        raise PredicateError(f"{name} needs a range, not {argument!r}")
    age = argument.get("max_age_days")
    if age is not None and (not isinstance(age, int) or age < 1):
        raise PredicateError(f"{name}: max_age_days is a number of days, not {age!r}")
    return Number(name, bounds({key: value for key, value in argument.items() if key != "max_age_days"}), age)


def _parts(argument: Any) -> tuple[Predicate, ...]:
    if not isinstance(argument, list) or not argument:
        raise PredicateError(f"all and any need a list of predicates, not {argument!r}")
    return tuple(parse(part) for part in argument)


def _words(argument: Any) -> tuple[str, ...]:
    named = argument if isinstance(argument, list) else [argument]
    if not named or not all(isinstance(name, str) and name for name in named):
        raise PredicateError(f"a name or a list of names was expected, not {argument!r}")
    return tuple(named)


def reference(name: str) -> str:
    """``drug:…`` or ``class:…``; a bare name is refused."""
    if not name.startswith(("drug:", "class:")):
        raise PredicateError(f"{name!r} must begin with drug: or class:")
    return name


def _takes(argument: Any) -> Takes:
    if not isinstance(argument, Mapping) or set(argument) - _TAKES:
        raise PredicateError(f"takes knows {', '.join(sorted(_TAKES))}, not {argument!r}")
    what = [f"drug:{name}" for name in _words(argument["drug"])] if "drug" in argument else []
    what += [f"class:{name}" for name in _words(argument["class"])] if "class" in argument else []
    what += [reference(name) for name in _words(argument["any_of"])] if "any_of" in argument else []
    side, state = argument.get("side"), argument.get("state")
    if bool(what) == (side is not None):
        raise PredicateError(f"takes needs a drug, a class or a side, and not both: {argument!r}")
    if side is not None and side not in get_args(Side):
        raise PredicateError(f"a side is left, right or it, not {side!r}")
    if state is not None and state not in get_args(State):
        raise PredicateError(f"a state is new or continuing, not {state!r}")
    daily = bounds(argument["daily_mg"]) if "daily_mg" in argument else None
    routes = _words(argument["route"]) if "route" in argument else ()
    return Takes(tuple(what), side, bool(argument.get("besides", False)), state, routes, daily)


def _phenotype(argument: Any) -> Phenotype:
    if not isinstance(argument, Mapping) or set(argument) != {"gene", "is"}:
        raise PredicateError(f"phenotype needs gene and is, not {argument!r}")
    return Phenotype(str(argument["gene"]), _words(argument["is"]))


def _sex(argument: Any) -> Sex:
    if argument not in ("female", "male"):
        raise PredicateError(f"sex is female or male, not {argument!r}")
    return Sex(argument)


def _told(atom: Predicate) -> Callable[[Any], Predicate]:
    def read(argument: Any) -> Predicate:
        if not isinstance(argument, bool):
            raise PredicateError(f"true or false was expected, not {argument!r}")
        return atom if argument else Not(atom)

    return read


_FORMS: Mapping[str, Callable[[Any], Predicate]] = {
    "all": lambda argument: All(_parts(argument)),
    "any": lambda argument: Any_(_parts(argument)),
    "not": lambda argument: Not(parse(argument)),
    "has_condition": lambda argument: Condition(_words(argument)),
    "takes": _takes,
    "allergic_to": lambda argument: Allergic(tuple(reference(name) for name in _words(argument))),
    "phenotype": _phenotype,
    "sex": _sex,
    "pregnant": _told(Pregnant()),
    "breastfeeding": _told(Breastfeeding()),
}
