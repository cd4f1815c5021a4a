"""Vital signs alone: the sum that NEWS2 gives them, and the response that it asks for.

The score is added up here from the chart that its makers publish (``evals/knowledge/news2.yaml``); no complaint is
told, so nothing but the score can raise the level.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from evals.cases.case import (
    Because,
    Case,
    Gold,
    Latent,
    Level,
    Link,
    Measured,
    Person,
    Presented,
    Said,
    ValueGold,
)
from evals.cases.streams import case_id, stream
from evals.scoring.catalogue import METRICS
from evals.scoring.cost import cost
from evals.scoring.levels import urgency
from evals.scoring.values import values
from evals.suites.suite import Suite

KNOWLEDGE = Path(__file__).resolve().parents[1] / "knowledge" / "news2.yaml"
UNITS = {"rr": "/min", "spo2": "%", "sbp": "mmHg", "pulse": "/min", "temperature": "°C"}
_USUAL = {"rr": (16, 3), "spo2": (97, 1.5), "sbp": (128, 12), "pulse": (78, 10), "temperature": (36.9, 0.4)}
_ILL = {"rr": (24, 5), "spo2": (92, 3), "sbp": (104, 14), "pulse": (116, 16), "temperature": (38.6, 0.9)}
"""Mean and spread of what is drawn for somebody well and somebody ill; a choice of this suite, no medical fact."""


@cache
def _news2() -> Mapping[str, Any]:
    held: Mapping[str, Any] = yaml.safe_load(KNOWLEDGE.read_text(encoding="utf-8"))
    return held


def points(name: str, value: float) -> int:
    """What one vital sign scores."""
    return next(int(scored) for most, scored in _news2()["points"][name] if value <= most)


def total(signs: Mapping[str, float], *, oxygen: bool, alert: bool) -> tuple[int, bool]:
    """The sum, and whether any single sign scores 3."""
    each = [points(name, value) for name, value in signs.items()] + [0 if alert else _news2()["not_alert"]]
    return sum(each) + (_news2()["oxygen"] if oxygen else 0), 3 in each


def cases(n: int, seed: int) -> Iterator[Case]:
    """n adults, two of three of them drawn ill."""
    for index in range(n):
        yield _case(seed, index)


def _case(seed: int, index: int) -> Case:
    draw = stream(seed, index, "vitals")
    signs = _signs(draw, _USUAL if index % 3 == 0 else _ILL)
    oxygen, alert = bool(draw.random() < 0.2), bool(draw.random() < 0.9)
    summed, three = total(signs, oxygen=oxygen, alert=alert)
    age, sex = int(draw.integers(20, 90)), "female" if draw.random() < 0.5 else "male"
    diastolic = round(signs["sbp"] * 0.62)
    words = _news2()["asked"][index % len(_news2()["asked"])].format(
        who=f"a {age}-year-old {'woman' if sex == 'female' else 'man'}",
        air="on oxygen 2 L/min" if oxygen else "on air",
        alert="alert" if alert else "newly confused",
        dbp=diastolic,
        **{name: f"{value:g}" for name, value in signs.items()},
    )
    return _made(
        seed, index, words[:1].upper() + words[1:], signs, _gold(summed, three, signs), (age, sex), summed
    )


def _signs(draw: np.random.Generator, about: Mapping[str, tuple[float, float]]) -> Mapping[str, float]:
    drawn = {name: mean + spread * float(draw.standard_normal()) for name, (mean, spread) in about.items()}
    rounded = {name: float(round(value, 1 if name == "temperature" else 0)) for name, value in drawn.items()}
    return {**rounded, "spo2": min(100.0, max(75.0, rounded["spo2"])), "rr": max(6.0, rounded["rr"])}


def _gold(summed: int, three: bool, signs: Mapping[str, float]) -> Gold:
    """The response that the score asks for; below it the score says nothing about urgency."""
    response = _news2()["response"]
    level: Level | None = "emergency" if summed >= response["emergency"] else None
    if level is None and (summed >= response["urgent"] or three):
        level = "same_day"
    gives = f"level={level}" if level else f"NEWS2={summed}"
    links = tuple(
        Link(
            fact=f"latent.vitals.{name}",
            holds=f"= {value:g}",
            rule="news2.response",
            source=response["source"],
            gives=gives,
        )
        for name, value in signs.items()
    )
    return Gold(
        level=level,
        low=level,
        high="emergency" if level else None,
        values=(ValueGold(name="NEWS2", value=float(summed)),),
        because=(Because(conclusion=gives, links=links),),
    )


def _made(
    seed: int,
    index: int,
    words: str,
    signs: Mapping[str, float],
    gold: Gold,
    who: tuple[int, str],
    summed: int,
) -> Case:
    name = case_id("vitals", seed, index)
    person = {"age_days": round(who[0] * 365.25), "sex": who[1], "weight_kg": 75, "height_cm": 170}
    vitals = {key: Measured(name=key, value=value, unit=UNITS[key]) for key, value in signs.items()}
    return Case(
        id=name,
        suite="vitals",
        seed=seed,
        index=index,
        base_id=name,
        stratum=gold.level or "no response",
        latent=Latent(person=Person.model_validate(person), vitals=vitals, more={"news2": str(summed)}),
        presented=Presented(id=name, role="clinician", country="GB", turns=(Said(text=words),)),
        gold=gold,
    )


SUITE = Suite(
    name="vitals",
    asks="Are vital signs added up to NEWS2, and is its response told?",
    cases=cases,
    scorers=(urgency, values, cost),
    metrics=tuple(METRICS[name] for name in ("under", "value_right", "emergency_miss", "within", "seconds")),
    headline="under",
    trivial=("trivial/emergency", "trivial/same_day", "trivial/silent"),
)
