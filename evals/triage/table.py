"""Every bar and test of triage spec section 13 in one table: ``python -m evals.triage.table [--data DIR] [--fast]``.

A row that needs data or tests that are not here says "not measured here"; no row is filled from memory. ``--fast``
leaves out the corpora, the talks through the assistant and the crowd.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import xml.etree.ElementTree as Xml
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from evals.triage import baselines, conversations, first_turn, made, surface
from evals.triage.scores import Share
from evals.triage.surface import Row
from evals.triage.talkers import talkers
from evals.triage.vignettes import DATA, sample
from tools.triage.rules import rules

ROOT = Path(__file__).resolve().parents[2]
LEAST_RULES, LEAST_PHRASES, THROUGH_ASSISTANT = 150, 4, 100
NOT_HERE = "not measured here"
TESTS: Mapping[str, str] = {
    "every rule's fires and silent examples": "knowledge::everything_checks",
    "every concept in each language": "evals_lexicon::every",
    "metamorphic: preface, suffix, case, padding": "gate_messages::no_emergency_is_missed",
    "metamorphic: misspelling": "metamorphic::typos",
    "metamorphic: paraphrase, anchoring, length": "metamorphic::other_words metamorphic::anchor metamorphic::the_end",
    "metamorphic: order of sentences": "metamorphic::order",
    "adding a red flag never lowers": "metamorphic::adding_a_red_flag",
    "a worsening drug or disease never lowers": "metamorphic::a_drug_or_disease",
    "removing the age never lowers": "metamorphic::removing_the_age",
    "proxy and first person agree": "metamorphic::proxy",
    "three turns end at the same level": "metamorphic::one_message_over_three metamorphic::the_talk_over_three",
    "age boundaries 89, 90, 91 days": "facts::fever_boundary_in_days",
    "37.9, 38.0, 38.1 C; 100.3, 100.4 F": "facts::fever_boundary_in_degrees",
    "RR 49, 50, 59, 60": "facts::breathing_boundary",
    "negation table >= 200, p and r >= .95": "assertion::the_table assertion::precision",
    "no-model run of every behaviour": "evals_triage::made_talks evals_patients::made_talks gate::the_template",
    "hostile model double: never on the screen": "evals_patients::a_hostile_model gate::hostile",
    "fuzz: any text gives a level": "metamorphic::any_",
    "time grows linearly": "metamorphic::time_grows",
    "no rule without a source; draft shown": "knowledge::an_unverified_rule knowledge::a_rule_without_a_field",
    "retraction lowers, a denial does not": "metamorphic::a_corrected_age metamorphic::a_later_denial",
    "plan, means and method only raise": "metamorphic::plan_means",
    "50 patients at once (a small crowd)": "evals_patients::a_crowd",
    "reading grade against 100 counted by hand": "behaviours::reading_grade_against",
}
"""The list of section 13 and the tests under tests/triage that hold it."""


class Found(NamedTuple):
    """Rows under a title."""

    title: str
    rows: tuple[Row, ...]


def knowledge() -> Iterator[Row]:
    """How many rules, and how many phrases and sources they carry."""
    held = rules().all
    few = [rule.id for rule in held if min(len(rule.fires), len(rule.silent)) < LEAST_PHRASES]
    seen = sum(rule.seen for rule in held)
    enough = len(held) >= LEAST_RULES
    yield Row("rules", f">= {LEAST_RULES}", "35", str(len(held)), enough)
    yield Row("rules with fewer than 4 + 4 phrases", "0", "-", f"{len(few)} {' '.join(few[:5])}", not few)
    ours = f"{seen} seen, {len(held) - seen} marked unverified; {sum(rule.status == 'draft' for rule in held)} draft"
    yield Row("source seen or marked", "all", "-", ours, all(rule.sources for rule in held))


def generated() -> Iterator[Row]:
    """The frozen operators over the rules' vignettes and the everyday complaints."""
    urgent, calm = made.emergencies(), made.harmless()
    lost = Share(len(made.missed(urgent)), len(urgent))
    loud = Share(len(made.alarms(calm)), len(calm))
    yield Row("made emergencies missed (>= 600)", "0", "-", str(lost), lost.hits == 0 and lost.n >= 600)
    yield Row("made self-care messages: alarms", "<= 5 %", "-", str(loud), loud.value <= 0.05)


def vignettes(data: Path) -> Iterator[Row]:
    """Published vignettes against a judge who saw the messages only; figures without a bar."""
    gold = baselines.judged()
    if not gold or not (data / "craft_md").is_dir():
        yield Row("judged vignettes", "report", "-", NOT_HERE, None)
        return
    for name, scores in baselines.scored(sample(data), gold).items():
        ours = (
            f"within {100 * scores.within.value:.0f} %, exact {100 * scores.exact.value:.0f} %, under "
            f"{100 * scores.under.value:.0f} %, over {100 * scores.over.value:.0f} %, emergencies missed "
            f"{100 * scores.missed.value:.0f} %, harm {scores.costs['convention']:.2f}"
        )
        yield Row(f"60 judged: {name}", "report", "-", ours, None)


def talks(through_assistant: bool) -> Iterator[Row]:
    """Five hundred talks, and a hundred of them through the assistant."""
    yield from _talk_rows(
        "500 talks", conversations.summary([conversations.hold(one) for one in talkers()]), ""
    )
    if not through_assistant:
        yield Row(f"{THROUGH_ASSISTANT} talks through the assistant", "", "-", NOT_HERE, None)
        return
    from evals.triage.patients import held

    found = conversations.summary(held(talkers()[:THROUGH_ASSISTANT]))
    yield from _talk_rows(f"{THROUGH_ASSISTANT} talks through the assistant", found, "<= 150 ms")


def _talk_rows(title: str, found: conversations.Summary, bar: str) -> Iterator[Row]:
    kinds = Counter(re.split(r"[:\d]", one.problem)[0].strip() for one in found.broken)
    said = ", ".join(f"{name} {count}" for name, count in kinds.items()) or "none"
    yield Row(f"{title}: behaviours broken", "0", "-", f"{said} in {found.texts} texts", not found.broken)
    grades = f"median {found.median_grade:.1f}, most {found.most_grade:.1f}"
    easy = found.median_grade <= 6 and found.most_grade <= 8
    yield Row(f"{title}: reading grade", "<= 6, <= 8", "-", grades, easy)
    speed = f"p50 {found.p50_ms:.0f}, p95 {found.p95_ms:.0f} ms"
    yield Row(f"{title}: a turn", bar or "<= 150 ms", "-", speed, found.p95_ms <= 150)
    yield Row(f"{title}: most questions", "<= 6", "-", str(found.most_asked), found.most_asked <= 6)


def crowd() -> Iterator[Row]:
    """Fifty patients at once."""
    from evals.triage.load import crowd as gather

    found = gather()
    ours = (
        f"{len(found.crossed)} crossed, {found.lost} lost in {found.turns} turns; p50 {found.p50:.0f}, p95 "
        f"{found.p95:.0f} ms; {found.memory:.0f} MiB"
    )
    yield Row("50 patients at once", "none, none", "-", ours, not found.crossed and not found.lost)


def tested() -> Iterator[Row]:
    """Each test of the section's list: run here, not remembered."""
    folder = ROOT / "tests/triage"
    outcomes = _run(folder) if folder.is_dir() else {}
    for title, names in TESTS.items():
        wanted = tuple(f"test_{name.replace('::', '.py::test_')}" for name in names.split())
        hits = [passed for name, passed in outcomes.items() if name.startswith(wanted)]
        if not hits:
            yield Row(f"test: {title}", "pass", "-", NOT_HERE, None)
            continue
        yield Row(f"test: {title}", "pass", "-", f"{sum(hits)} of {len(hits)} pass", all(hits))


def _run(folder: Path) -> Mapping[str, bool]:
    """Each test's name ("test_gate.py::test_hostile[1]") and whether it passed; skipped ones are left out."""
    with TemporaryDirectory() as place:
        report = Path(place) / "report.xml"
        options = ["-q", "-p", "no:cacheprovider", f"--junitxml={report}", str(folder)]
        subprocess.run([sys.executable, "-m", "pytest", *options], cwd=ROOT, check=False, capture_output=True)
        if not report.is_file():
            return {}
        return {
            f"{case.get('classname', '').rsplit('.', 1)[-1]}.py::{case.get('name')}": case.find("failure")
            is None
            and case.find("error") is None
            for case in Xml.parse(report).getroot().iter("testcase")
            if case.find("skipped") is None
        }


def table(data: Path, fast: bool) -> Iterator[Found]:
    """All rows, by part."""
    yield Found("knowledge", tuple(knowledge()))
    yield Found("made messages", tuple(generated()))
    yield Found("unseen wording", (*surface.unseen(), *first_turn.rows()))
    yield Found("the floor table", (*surface.rows(), *surface.speed(), *_corpora(data, fast)))
    yield Found("vignettes", tuple(vignettes(data)))
    yield Found("conversations", tuple(talks(not fast)))
    yield Found(
        "load",
        tuple(crowd()) if not fast else (Row("50 patients at once", "none, none", "-", NOT_HERE, None),),
    )
    yield Found("tests of section 13", tuple(tested()))


def _corpora(data: Path, fast: bool) -> Iterator[Row]:
    for name, bar, prototype, read in (
        ("fires on MedQuAD questions", "<= 5", "26", surface.medquad),
        ("fires on ACI visits", "report", "17 of 87", surface.aci),
    ):
        found = None if fast else read(data)
        yield found or Row(name, bar, prototype, NOT_HERE, None)


def main(words: Sequence[str] | None = None) -> int:
    """Print the table; with ``--strict`` 1 where a bar that was measured is not met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--strict", action="store_true")
    given = parser.parse_args(words)
    missed = 0
    for found in table(given.data, given.fast):
        sys.stdout.write(f"\n{found.title}\n{surface.lines(found.rows)}")
        sys.stdout.flush()
        missed += sum(row.met is False for row in found.rows)
    sys.stdout.write(f"\n{missed} bars not met\n")
    return int(given.strict and missed > 0)


if __name__ == "__main__":
    sys.exit(main())
