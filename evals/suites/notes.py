"""Notes that contradict the chart, and clean ones that do not. With MEDEC beside it: notes with one injected error."""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from evals.cases import clinician
from evals.cases.case import Allergy, Case, DrugGold, Gold, Latent, Person, Presented, Said
from evals.cases.operators import apply
from evals.cases.streams import case_id, stream
from evals.run.trace import Trace
from evals.scoring.catalogue import METRICS
from evals.scoring.citations import support
from evals.scoring.cost import cost
from evals.scoring.drugs import planted
from evals.scoring.failed import after_crash
from evals.scoring.said import must_name
from evals.scoring.score import Score, not_applicable, scored
from evals.suites.suite import Metric, Suite

KINDS = ("allergy_against_prescription", "sex_against_anatomy", "two_births", "note_against_list")
ASKED = (
    "Please check this record. Does anything in it contradict itself?",
    "Before I sign: is there a discrepancy in this chart?",
    "Is this note consistent with the chart? Name what does not agree.",
    "Check the chart for errors, please.",
)
PRESCRIBING = ("Is {drug} ok for this patient?", "Can I give {drug} today?", "Any problem with {drug} here?")
PLAIN = ("hypertension", "asthma", "osteoarthritis", "hypothyroidism", "migraine")
DOSES: Mapping[str, str] = {"amlodipine": "5 mg once daily", "levothyroxine": "75 micrograms once daily"}
_ERROR = re.compile(
    r"\b(?:error|incorrect|inconsisten|contradict|conflict|discrepan|does not (?:fit|agree|match)|mistake|wrong)\w*\b",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"\bno (?:error|contradiction|conflict|discrepanc|inconsisten)\w*|\bcannot check|\bnot (?:covered|able)\b",
    re.IGNORECASE,
)


def cases(n: int, seed: int) -> Iterator[Case]:
    """A clean chart, then the same with one contradiction, and so on: n cases of pairs."""
    for index in range((n + 1) // 2):
        kind = KINDS[index % len(KINDS)]
        base = _clean(seed, index)
        told = apply(kind, base)
        if told is None:
            raise ValueError(f"the clean chart {base.id} leaves no room for {kind}")
        told = told.model_copy(update={"stratum": kind, "tags": (kind,)})
        alarm = told.gold.drugs
        if alarm:
            asked = clinician.pick(stream(seed, index, "asked drug"), PRESCRIBING).format(drug=alarm[0].drug)
            yield _asking(
                base,
                asked,
                DrugGold(drug=alarm[0].drug, action="fine", beside=alarm[0].beside, fault="note.clean"),
            )
            yield _asking(told, asked)
        else:
            yield base
            yield told


def _asking(case: Case, question: str, *fine: DrugGold) -> Case:
    presented = case.presented.model_copy(update={"turns": (Said(text=question),)})
    gold = case.gold.model_copy(update={"drugs": (*case.gold.drugs, *fine)})
    return case.model_copy(update={"presented": presented, "gold": gold})


def _clean(seed: int, index: int) -> Case:
    """Somebody with one old problem, its drug and an intolerance that touches none of the drugs asked about."""
    rng = stream(seed, index, "note")
    who = clinician.person(rng, age=(30, 75))
    name = clinician.pick(rng, tuple(DOSES))
    problem = "hypertension" if name == "amlodipine" else "hypothyroidism"
    other = clinician.pick(rng, [one for one in PLAIN if one not in (problem, "hypothyroidism")])
    latent = Latent(
        person=who, problems=(problem, other),
        drugs=clinician.drugs({name: DOSES[name]}), allergies=(Allergy(substance="latex", reaction="contact rash"),),
    )  # fmt: skip
    form = int(rng.random() * clinician.CHARTS)
    return clinician.case(
        "notes", seed, index, latent=latent, gold=Gold(), question=clinician.pick(rng, ASKED),
        words=clinician.chart(latent, form), stratum="clean", tags=("clean",),
    )  # fmt: skip


def false_alarm(case: Case, trace: Trace) -> tuple[Score, ...]:
    """``clean_alarmed``: 1 where a clean chart is said to contradict itself, or the case crashed."""
    if case.stratum != "clean" or case.gold.drugs:
        return (not_applicable("clean_alarmed", "not a clean chart"),)
    found = _flagged(trace)
    told = scored("clean_alarmed", bool(found), "", *((f"shown: {found}",) if found else ()))
    return after_crash(trace, (told,), {"clean_alarmed": 1.0})


def _flagged(trace: Trace) -> str:
    """The words by which an error is named in what was shown; "" where none is, or where it says that there is none."""
    text = _NONE.sub(" ", trace.text)
    found = _ERROR.search(text)
    return found.group() if found else ""


SUITE = Suite(
    name="notes",
    asks="Is what does not agree in a chart named, and a clean chart left in peace?",
    cases=cases,
    scorers=(must_name, planted, false_alarm, support, cost),
    metrics=(
        METRICS["omission"],
        METRICS["contraindication_missed"],
        METRICS["false_alarm"],
        Metric("clean_alarmed", "clean charts called contradictory", "lower", of="clean charts"),
        METRICS["invented_citation"],
        METRICS["seconds"],
    ),
    headline="omission",
    trivial=("trivial/silent",),
)


# MEDEC (Ben Abacha et al., Findings of ACL 2025), CC BY 4.0, from the folder of development data


def medec_file() -> Path:
    """Where the validation file lies; it may not be there."""
    root = Path(os.environ.get("CONSILIUM_SHARED", Path(__file__).resolve().parents[3] / "shared"))
    return root / "data" / "medec" / "medec_ms_validation.csv.gz"


@cache
def _rows(file: Path) -> tuple[tuple[str, bool], ...]:
    with gzip.open(file) as packed:
        held = csv.DictReader(io.TextIOWrapper(packed, encoding="utf-8", errors="replace"))
        return tuple((row["Text"], row["Error Flag"].strip() == "1") for row in held if row["Text"].strip())


def medec(n: int, seed: int) -> Iterator[Case]:
    """n notes in an order that the seed draws; the gold is the file's error flag.

    Raises:
        FileNotFoundError: the data is not on this machine.
    """
    rows = _rows(medec_file())
    order = stream(seed, 0, "medec").permutation(len(rows))[:n]
    for index, place in enumerate(order):
        text, flag = rows[int(place)]
        name = case_id("notes_medec", seed, int(place))
        person = Person(age_days=16000, sex="female", weight_kg=70, height_cm=168)
        yield Case(
            id=name, suite="notes_medec", seed=seed, index=index, base_id=name, stratum="error" if flag else "correct",
            latent=Latent(person=person, more={"error": str(flag)}), gold=Gold(),
            presented=Presented(
                id=name, role="clinician", country="US", chart=text,
                turns=(Said(text="Does this note contain a medical error? Answer yes or no and name it."),),
            ),
        )  # fmt: skip


def flag_right(case: Case, trace: Trace) -> tuple[Score, ...]:
    """``flag_right``: 1 where a note with an error was called erroneous and a right one was not."""
    if "error" not in case.latent.more:
        return (not_applicable("flag_right", "not from MEDEC"),)
    said, true = bool(_flagged(trace)), case.latent.more["error"] == "True"
    return (scored("flag_right", said == true and not trace.error, f"said {said}, true {true}"),)


MEDEC = Suite(
    name="notes_medec",
    asks="Is one injected error in a clinical note found? (Always saying error: .555)",
    cases=medec,
    scorers=(flag_right, cost),
    metrics=(Metric("flag_right", "error flag right", of="notes"), METRICS["seconds"]),
    headline="flag_right",
    trivial=("trivial/silent",),
    needs="" if medec_file().is_file() else "shared/data/medec is not on this machine (CONSILIUM_SHARED)",
)
SUITES = (SUITE, MEDEC)
