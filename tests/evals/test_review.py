"""The sheet that a clinician marks, and what comes back from it."""

from __future__ import annotations

import csv
from html.parser import HTMLParser
from pathlib import Path

import pytest

from evals.cases.case import Because, Case, Gold, Latent, Level, Link, Person, Presented, Said
from evals.review.marks import read
from evals.review.sheet import COLUMNS, SheetRefused, page, write


def case(name: str, level: Level, words: str = "my chest hurts") -> Case:
    link = Link(fact="latent.severity", holds="= typical", rule="r", source="S1", gives=f"level={level}")
    return Case(
        id=name,
        suite="triage",
        seed=1,
        index=0,
        base_id=name,
        latent=Latent(person=Person(age_days=20_000, sex="male", weight_kg=80, height_cm=180)),
        presented=Presented(id=name, role="patient", turns=(Said(text=words),)),
        gold=Gold(
            level=level, low=level, high=level, because=(Because(conclusion=f"level={level}", links=(link,)),)
        ),
    )


CASES = (case("a", "emergency"), case("b", "routine"), case("c", "self_care"), case("d", "same_day"))


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.append(tag)


def test_the_sheet_shows_words_gold_and_reason_and_escapes_them() -> None:
    told = page((*CASES, case("e", "routine", "<script>alert(1)</script>")))
    parser = Tags()
    parser.feed(told)
    assert "script" not in parser.seen
    assert parser.seen.count("article") == 5
    assert "latent.severity = typical" in told
    assert "&lt;script&gt;" in told


def marked(folder: Path, **marks: tuple[str, str, str]) -> Path:
    _, table = write(CASES, folder)
    with table.open(encoding="utf-8", newline="") as held:
        rows = list(csv.DictReader(held))
    for row in rows:
        row["agree"], row["own_level"], row["words_natural"] = marks.get(row["case"], ("", "", ""))
    with table.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return table


def test_marks_come_back_as_agreement_and_kappa(tmp_path: Path) -> None:
    yes = ("yes", "", "yes")
    found = read(marked(tmp_path, a=yes, b=yes, c=yes, d=("no", "same day", "no")))
    assert (found.marked, found.agreed, found.natural) == (4, 4, 3)
    assert found.kappa == 1.0
    found = read(marked(tmp_path, a=("No", "self_care", ""), b=yes))
    assert found.marked == 2
    assert found.differ == (("a", "emergency", "self_care"),)
    assert found.kappa is not None
    assert found.kappa < 1


def test_one_marked_level_has_no_kappa(tmp_path: Path) -> None:
    assert read(marked(tmp_path, a=("yes", "", ""))).kappa is None


@pytest.mark.parametrize(
    "mark", [("maybe", "", ""), ("no", "", ""), ("no", "soon", "yes"), ("yes", "", "perhaps")]
)
def test_a_mark_that_is_none_is_refused_by_its_row(tmp_path: Path, mark: tuple[str, str, str]) -> None:
    with pytest.raises(SheetRefused, match="Row 2"):
        read(marked(tmp_path, a=mark))


def test_another_table_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "x.csv"
    table.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(SheetRefused, match="columns"):
        read(table)
