"""The same said otherwise: everyday synonyms, brand names, another language in between, hedges. Gold stays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import numpy as np
import yaml

from evals.cases.case import Case
from evals.cases.conditions import KNOWLEDGE
from evals.cases.operators.operator import Operator
from evals.cases.operators.words import Edit, english, first, rewritten, sentences

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "started": ("began", "came on"), "began": ("started",), "about": ("around", "roughly"), "really": ("properly",),
    "terrible": ("dreadful", "awful"), "awful": ("terrible",), "dreadful": ("awful",), "hurts": ("is sore",),
    "stomach": ("tummy", "belly"), "belly": ("tummy",), "tummy": ("belly",), "doctor": ("GP", "doc"),
    "medicine": ("medication",), "tablets": ("pills",), "pills": ("tablets",), "kids": ("children",),
    "child": ("kid",), "mum": ("mother",), "mom": ("mother",), "dad": ("father",), "husband": ("hubby",),
    "yesterday": ("the day before today",), "today": ("this very day",), "tonight": ("this evening",),
    "hospital": ("the infirmary",), "cannot": ("can't", "am not able to"), "can't": ("cannot",),
    "trousers": ("pants",), "quite": ("fairly",), "lots": ("plenty",), "huge": ("massive",), "bit": ("little",),
    "constantly": ("all the time",), "suddenly": ("all of a sudden",), "sudden": ("out of nowhere",),
    "worse": ("more severe",), "worst": ("most severe",), "vomiting": ("throwing up", "being sick"),
    "vomited": ("threw up",), "swollen": ("puffed up",), "dizzy": ("light-headed",), "shivering": ("trembling",),
    "feverish": ("hot and shivery",), "exhausted": ("worn out",), "tired": ("worn out",), "sore": ("painful",),
    "painful": ("sore",), "itchy": ("itching",), "cough": ("coughing",), "urinate": ("pee",), "pee": ("wee",),
    "wee": ("pee",), "breathless": ("short of breath",), "passed out": ("blacked out",), "blurry": ("blurred",),
    "I'm": ("I am", "im"), "I've": ("I have", "ive"), "he's": ("he is",), "she's": ("she is",), "it's": ("it is",),
    "don't": ("do not", "dont"), "doesn't": ("does not",), "didn't": ("did not",), "isn't": ("is not",),
    "hours": ("hrs",), "minutes": ("mins",),
}  # fmt: skip
"""Everyday words that stand for one another for any reader; both directions only where both are used."""
MOST = 3
"""Synonyms in one message."""
HEDGES = (
    ("Maybe it's nothing. ", ""), ("", " Maybe it's nothing though."), ("I might be wrong but ", ""),
    ("Probably silly to ask. ", ""), ("", " Or perhaps I imagine it."), ("", " It might just be me."),
)  # fmt: skip
MIXED = (
    ("Hola doctor, ", " Por favor ayúdeme, gracias."), ("Buenas noches. ", " ¿Qué hago?"),
    ("Bonjour docteur. ", " Merci d'avance."), ("Bonsoir, excusez-moi. ", " Je ne sais pas quoi faire."),
    ("Guten Abend. ", " Danke im Voraus."), ("Hallo, Entschuldigung. ", " Was soll ich tun?"),
    ("Namaste doctor ji. ", " Kya karoon?"), ("Abeg doctor, good evening o. ", " Wetin I go do?"),
)  # fmt: skip
"""Openings and closings in another language, as people who live in two write them."""
SMALL: Mapping[str, tuple[str, ...]] = {
    "and": ("y", "et", "und"), "but": ("pero", "mais", "aber"), "since": ("desde", "depuis", "seit"),
    "because": ("porque", "parce que", "weil"), "also": ("también", "aussi", "auch"),
    "please": ("por favor", "s'il vous plaît", "bitte"), "today": ("hoy", "aujourd'hui", "heute"),
}  # fmt: skip


@cache
def brands() -> Mapping[str, str]:
    """Generic name to a brand name, from ``evals/knowledge/brands.yaml``, each with the source that was seen."""
    held = yaml.safe_load((KNOWLEDGE / "brands.yaml").read_text(encoding="utf-8"))
    return {str(one["generic"]): str(one["brand"]) for one in held["brands"]}


def _synonyms(case: Case, draw: np.random.Generator) -> Case | None:
    return rewritten(case, _swapped(first(case), SYNONYMS, draw, MOST))


def _swapped(
    text: str, table: Mapping[str, tuple[str, ...]], draw: np.random.Generator, most: int
) -> list[Edit]:
    """Up to ``most`` words of the table in place of others, a capital kept."""
    found = [hit for word in table for hit in re.finditer(rf"(?<![\w'-]){re.escape(word)}(?![\w'-])", text)]
    chosen = [found[int(place)] for place in draw.permutation(len(found))[:most]]
    edits: list[Edit] = []
    for hit in chosen:
        if any(hit.start() < one.end and one.start < hit.end() for one in edits):
            continue
        others = table[hit.group()]
        edits.append(Edit(hit.start(), hit.end(), others[int(draw.integers(len(others)))]))
    return edits


def _hedged(case: Case, draw: np.random.Generator) -> Case | None:
    before, after = HEDGES[int(draw.integers(len(HEDGES)))]
    return _around(case, before, after)


def _around(case: Case, before: str, after: str) -> Case | None:
    end = len(first(case))
    stop = "." if after and first(case).rstrip()[-1:] not in ".!?" else ""
    edits = [Edit(0, 0, before)] if before else []
    return rewritten(case, [*edits, *([Edit(end, end, stop + after)] if after else [])])


def _mixed(case: Case, draw: np.random.Generator) -> Case | None:
    """A greeting and thanks in another language, and one small word of each sentence."""
    before, after = MIXED[int(draw.integers(len(MIXED)))]
    small = _swapped(first(case), SMALL, draw, len(sentences(first(case))))
    end = len(first(case))
    stop = "" if first(case).rstrip()[-1:] in ".!?" else "."
    return rewritten(case, [Edit(0, 0, before), *small, Edit(end, end, stop + after)])


def _branded(case: Case, draw: np.random.Generator) -> Case | None:
    """Every generic name that has a brand, in what is said and in the chart."""
    edits = [
        Edit(hit.start(), hit.end(), brand)
        for generic, brand in brands().items()
        for hit in re.finditer(rf"\b{generic}\b", first(case), re.IGNORECASE)
    ]
    changed = rewritten(case, edits) or case
    chart = changed.presented.chart
    for generic, brand in brands().items():
        chart = re.sub(rf"\b{generic}\b", brand, chart, flags=re.IGNORECASE)
    return changed.model_copy(update={"presented": changed.presented.model_copy(update={"chart": chart})})


def _english_any(case: Case) -> str:
    return "" if case.presented.language == "en" else "only for English"


OPERATORS = (
    Operator("lay_synonym", "wording", "same", english, _synonyms),
    Operator("hedging", "wording", "same", english, _hedged),
    Operator("code_switching", "wording", "same", english, _mixed),
    Operator("brand_for_generic", "wording", "same", _english_any, _branded),
)
