"""Note, chart, laboratory report and FHIR bundle say what is true of the case, and only that."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from evals.cases.case import Case, Rendering
from evals.cases.importers.record import records
from evals.cases.make import base_case, cases
from evals.cases.render import render
from evals.cases.render.fhir import bundle, ucum
from evals.cases.render.fillers import age_words, since


@pytest.fixture(scope="module")
def made() -> list[Case]:
    return [*cases(60, 51), *cases(20, 51, role="clinician")]


def test_each_kind_is_made_on_demand_and_is_the_same_twice(made: list[Case]) -> None:
    for case in made[:10]:
        for kind in ("note", "chart", "labs", "fhir"):
            first = render(case, kind)  # type: ignore[arg-type]
            assert isinstance(first, Rendering)
            assert first.kind == kind
            assert first == render(case, kind)  # type: ignore[arg-type]
    assert render(made[0], "lay").text == made[0].presented.turns[0].text
    with pytest.raises(ValueError, match="'vcf' is made with its case"):
        render(made[0], "vcf")


def test_note_and_chart_hold_drugs_problems_allergies_and_values(made: list[Case]) -> None:
    for case in made:
        note, chart = render(case, "note").text, render(case, "chart").text
        for drug in case.latent.drugs:
            assert drug.name in note
            assert drug.name in chart
        for allergy in case.latent.allergies:
            assert f"{allergy.substance} ({allergy.reaction})" in note
        for problem in case.latent.problems:
            assert problem in chart
        for row in case.latent.labs.values():
            assert f"{row.name} {row.value:g}" in note
            assert f"{row.name} {row.value:g}" in chart
        assert ("NKDA" in note) == (not case.latent.allergies)
        assert "None" not in note + chart


def test_no_rendering_tells_condition_severity_or_level(made: list[Case]) -> None:
    for case in made:
        texts = " ".join(render(case, kind).text for kind in ("note", "chart", "labs", "fhir"))  # type: ignore[arg-type]
        assert case.latent.condition not in texts
        assert case.gold.level is not None
        assert f'"{case.gold.level}"' not in texts


def test_labs_mark_what_lies_outside(made: list[Case]) -> None:
    marks = set()
    for case in made:
        for row, line in zip(case.latent.labs.values(), render(case, "labs").text.splitlines(), strict=True):
            mark = line[-1] if line[-1] in "HL" and line[-2] == " " else ""
            high = row.high is not None and row.value > row.high
            low = row.low is not None and row.value < row.low
            assert mark == ("H" if high else "L" if low else ""), line
            marks.add(mark)
    assert marks == {"", "H", "L"}


def test_fhir_has_the_shape_of_r4(made: list[Case]) -> None:
    for case in made:
        held = json.loads(render(case, "fhir").text)
        assert (held["resourceType"], held["type"]) == ("Bundle", "collection")
        urls = [entry["fullUrl"] for entry in held["entry"]]
        assert len(set(urls)) == len(urls)
        assert all(UUID(url.removeprefix("urn:uuid:")).version == 5 for url in urls)
        kinds = [entry["resource"]["resourceType"] for entry in held["entry"]]
        assert kinds[0] == "Patient"
        assert kinds.count("MedicationStatement") == len(case.latent.drugs)
        assert kinds.count("Condition") == len(case.latent.problems)
        assert kinds.count("AllergyIntolerance") == len(case.latent.allergies)
        for entry in held["entry"][1:]:
            row = entry["resource"]
            assert (row.get("subject") or row.get("patient")) == {"reference": urls[0]}


def test_fhir_observations_have_loinc_ucum_and_range(made: list[Case]) -> None:
    codes = set(ucum().values())
    assert {"mg/dL", "mm[Hg]", "Cel", "10*9/L", "mL/min/{1.73_m2}", "{INR}"} <= codes
    for case in made:
        rows = [entry["resource"] for entry in bundle(case)["entry"]]
        seen = {row["code"]["text"]: row for row in rows if row["resourceType"] == "Observation"}
        values = {**case.latent.vitals, **case.latent.labs}
        assert {row.name for row in values.values()} == set(seen)
        for one in values.values():
            row = seen[one.name]
            assert row["valueQuantity"]["value"] == one.value
            assert row["valueQuantity"]["code"] in codes
            if one.loinc:
                assert re.fullmatch(r"\d{3,5}-\d", row["code"]["coding"][0]["code"])
            assert row["referenceRange"]


def test_the_importer_reads_our_own_bundle(made: list[Case], tmp_path: Path) -> None:
    for case in made[-12:]:
        place = tmp_path / f"{case.id}.json"
        place.write_text(render(case, "fhir").text, encoding="utf-8")
        (record,) = records(place, date(2026, 11, 22))
        assert record.patient.sex is not None
        assert record.patient.sex.value == case.latent.person.sex
        assert record.patient.age_years is not None
        assert abs(record.patient.age_years.value - case.latent.person.age_years) < 1.01
        assert set(record.patient.drugs.values) == {drug.name for drug in case.latent.drugs}
        assert set(record.patient.problems.values) == set(case.latent.problems)


def test_birth_date_and_age_agree(made: list[Case]) -> None:
    for case in made:
        born = date.fromisoformat(bundle(case)["entry"][0]["resource"]["birthDate"])
        assert (date(2026, 11, 22) - born).days == case.latent.person.age_days


@pytest.mark.parametrize(
    ("hours", "language", "words"),
    [
        (0.1, "en", "5 minutes"), (0.5, "en", "30 minutes"), (1.0, "en", "an hour"), (30, "en", "30 hours"),
        (72, "en", "3 days"), (504, "en", "3 weeks"), (2200, "en", "3 months"), (30000, "en", "3 years"),
        (3, "es", "3 horas"), (24, "de", "24 Stunden"), (48, "de", "2 Tagen"), (168 * 3, "fr", "3 semaines"),
    ],
)  # fmt: skip
def test_hours_as_people_say_them(hours: float, language: str, words: str) -> None:
    assert since(hours, language) == words


@pytest.mark.parametrize(
    ("days", "language", "words"),
    [
        (12, "en", "12 day"), (60, "en", "8 week"), (200, "en", "6 month"), (4000, "en", "10 year"),
        (60, "de", "8 Wochen"), (400, "es", "13 meses"),
    ],
)  # fmt: skip
def test_ages_as_people_say_them(days: int, language: str, words: str) -> None:
    assert age_words(days, language) == words


def test_a_case_without_values_has_a_short_chart() -> None:
    case = base_case(1, 1)
    bare = case.model_copy(update={"latent": case.latent.model_copy(update={"labs": {}, "vitals": {}})})
    assert "Laboratory" not in render(bare, "chart").text
    assert "O/E" not in render(bare, "note").text
    assert render(bare, "labs").text == ""
