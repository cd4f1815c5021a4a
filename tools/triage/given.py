"""What a form or a chart says beside the person's words, and where the two contradict each other.

Both count, and of two values the riskier one (triage spec 3.7): nothing here takes a fact back, it is only named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from retrieval.patient import Known, Listed, Origin, OriginKind, Patient
from tools.triage import vitals as vital_signs
from tools.triage.assertion import Status
from tools.triage.facts import Concept, Facts, facts, merged
from tools.triage.person import DAYS_IN_YEAR
from tools.triage.wording import read

RISKIER = "The riskier of the two is used."
_NO_DRUGS = (
    "no drugs", "no medication", "no medications", "no medicine", "no medicines", "no meds", "no tablets", "no pills",
    "no regular medication", "no regular medications", "no regular medicines", "no regular meds",
    "not on any medication", "not on any medications", "not on any medicine", "not on any medicines",
    "not on any meds", "not on any drugs", "not on any tablets", "not on anything", "not on medication",
    "not taking any medication", "not taking any medicine", "not taking any medicines", "not taking any meds",
    "not taking anything", "dont take any medication", "dont take any medicine", "dont take any medicines",
    "dont take any meds", "dont take any tablets", "dont take any drugs", "dont take anything", "take no medication",
    "take no medicine", "take no medicines", "takes no medication", "takes no medicines", "take nothing",
)  # fmt: skip
_NO_PROBLEMS = (
    "no medical problems", "no health problems", "no medical conditions", "no health conditions", "no conditions",
    "no illnesses", "no medical history", "no past medical history", "otherwise healthy", "otherwise well",
    "fit and well", "fit and healthy", "never been ill", "perfectly healthy",
)  # fmt: skip
_DAZED = ("unresponsive", "hard_to_wake", "confusion")


def given_facts(
    *,
    age_days: float | None = None,
    sex: str = "",
    pregnant: bool | None = None,
    weeks: float | None = None,
    vitals: Mapping[str, float | str] | None = None,
    drugs: Sequence[str] = (),
    problems: Sequence[str] = (),
) -> tuple[Facts, tuple[str, ...]]:
    """The facts of a form, and a line for each vital sign that was not used because it is unknown or not possible.

    Names of drugs and problems are read by the lexicon as words are; one that no rule knows says nothing.
    """
    numbers: dict[str, tuple[float, ...]] = {}
    words: dict[str, str] = {}
    notes: list[str] = []
    for name, value in (vitals or {}).items():
        try:
            one = vital_signs.given(name, value)
        except ValueError:
            shown = value if isinstance(value, str) else f"{value:g}"
            notes.append(f"The vital sign {name} = {shown} was not used: unknown, or not possible.")
            continue
        numbers[one.name] = one.values
        words[one.name] = one.words
    if weeks:
        numbers["weeks_pregnant"] = (weeks,)
    expecting = pregnant or (pregnant is None and bool(weeks))
    carried = (
        (Concept(id="pregnant", status=Status.PRESENT, words="pregnant", chart="given"),) if expecting else ()
    )
    form = Facts(
        concepts=carried,
        age_days=(age_days,) if age_days is not None else (),
        sex=sex,
        pregnant=True if expecting else pregnant,
        numbers=numbers,
        number_words=words,
    )
    return merged([form, facts("", _listed(drugs, problems))] if drugs or problems else [form]), tuple(notes)


def _listed(drugs: Sequence[str], problems: Sequence[str]) -> Patient:
    """The names of a form as the lists of a chart."""

    def listed(names: Sequence[str], where: str) -> Listed:
        origin = Origin(kind=OriginKind.WORDS, where=where)
        return Listed(items=tuple(Known(value=name, origin=origin) for name in names if name.strip()))

    return Patient(drugs=listed(drugs, "given drugs"), problems=listed(problems, "given problems"))


def charted(patient: Patient) -> Facts:
    """What a chart says: its lists and values, each vital sign in the unit that stands beside it, with its words."""
    numbers: dict[str, tuple[float, ...]] = {}
    words: dict[str, str] = {}
    for name, known in patient.vitals.items():
        try:
            one = vital_signs.given(name, f"{known.value:g} {known.unit}".strip())
        except ValueError:  # a unit that is not in the table: the value is read by its size
            continue
        numbers[one.name], words[one.name] = one.values, f"{one.words} (chart)"
    return merged([Facts(numbers=numbers, number_words=words), facts("", patient)])


def lists_of(
    patient: Patient | None, drugs: Sequence[str] = (), problems: Sequence[str] = ()
) -> Mapping[str, tuple[str, ...]]:
    """Every drug and problem of chart and form, by kind."""
    held = patient or Patient()
    return {"drugs": (*held.drugs.values, *drugs), "problems": (*held.problems.values, *problems)}


def contradictions(
    text: str, said: Facts, noted: Facts, lists: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    """Where the person's words and the chart or form do not agree, one sentence each.

    Args:
        said: the facts of the words alone.
        noted: the facts of chart and form alone.
        lists: the drugs and problems of chart and form (:func:`lists_of`).
    """
    return tuple(
        dict.fromkeys(
            (*_lists(text, lists), *_denied(said, noted), *_person(said, noted), *_values(said, noted))
        )
    )


def _lists(text: str, lists: Mapping[str, Sequence[str]]) -> Iterator[str]:
    if not any(lists.values()):
        return
    plain = f" {' '.join(token.text for token in read(text).tokens)} "
    for kind, phrases in (("drugs", _NO_DRUGS), ("problems", _NO_PROBLEMS)):
        denied = next((phrase for phrase in phrases if f" {phrase} " in plain), "")
        if denied and lists[kind]:
            yield f'The words say "{denied}"; the chart lists {", ".join(lists[kind])}. {RISKIER}'


def _denied(said: Facts, noted: Facts) -> Iterator[str]:
    for entry in noted.concepts:
        told = said.best(entry.id)
        if (
            entry.status.counts
            and told is not None
            and told.status is Status.ABSENT
            and entry.id != "pregnant"
        ):
            yield f'The words deny "{told.words}"; the chart says {entry.words}. {RISKIER}'


def _person(said: Facts, noted: Facts) -> Iterator[str]:
    if said.pregnant is not None and noted.pregnant is not None and said.pregnant is not noted.pregnant:
        words = ("not pregnant", "pregnant") if noted.pregnant else ("pregnant", "not pregnant")
        yield f"The words say {words[0]}; the chart says {words[1]}. {RISKIER}"
    if said.sex and noted.sex and said.sex != noted.sex:
        yield f"The words say {said.sex}; the chart says {noted.sex}. The words are used."
    if said.age_days and noted.age_days:
        told, held = said.age_days[0] / DAYS_IN_YEAR, noted.age_days[0] / DAYS_IN_YEAR
        if abs(told - held) > max(1.0, 0.05 * held) or (held < 2 and abs(told - held) > 0.1):
            yield f"The words say {told:.3g} years; the chart says {held:.3g} years. {RISKIER}"


def _values(said: Facts, noted: Facts) -> Iterator[str]:
    for name, values in noted.numbers.items():
        told = said.numbers.get(name, ())
        if told and name in vital_signs.RANGES and not set(told) & set(values):
            unit = vital_signs.RANGES[name].unit
            yield f"{name}: {told[-1]:.4g} in the words, {values[0]:.4g} {unit} in the chart. {RISKIER}"
    dazed = [entry for name in _DAZED if (entry := said.best(name)) is not None and entry.status.counts]
    if dazed and max(noted.numbers.get("not_alert", (1.0,))) == 0:
        yield f'The words say "{dazed[0].words}"; the chart says alert. {RISKIER}'
