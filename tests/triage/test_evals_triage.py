"""The measures measure: vignettes are turned as meant, scores agree with sums by hand, bad texts are seen."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from evals.triage import baselines, shown, surface, table
from evals.triage.conversations import hold, summary
from evals.triage.load import Held, Patient, crossed
from evals.triage.scores import Judged, Share, low_or, score
from evals.triage.simulated import Story, talk
from evals.triage.talkers import PERSONAS, talkers
from evals.triage.vignettes import Vignette, message, read
from evals.triage.voice import Person, told_by
from tools.triage.levels import Level
from tools.triage.questions import UNKNOWN, questions

SC, RO, SD, EM = Level.SELF_CARE, Level.ROUTINE, Level.SAME_DAY, Level.EMERGENCY
CASE = (
    "A 67-year-old man with diabetes comes to the physician because of dyspnea for 2 days. He denies fever. He takes "
    "metformin. His temperature is 38.9°C (102°F). Examination shows crackles. Which of the following is most likely?"
)


# vignettes


def test_a_vignette_in_the_persons_own_voice() -> None:
    made = message("x", CASE)
    assert isinstance(made, Vignette)
    assert (made.age_years, made.sex) == (67, "male")
    assert made.message == (
        "I am 67 years old, male, with diabetes. I have shortness of breath for 2 days. I do not have fever. "
        "I take metformin."
    )


def test_a_child_is_told_of_by_another() -> None:
    made = message(
        "x", "A 6-week-old girl is brought to the clinic by her mother because of vomiting. She cries a lot."
    )
    assert isinstance(made, Vignette)
    assert made.message == "My daughter is 6 weeks old. She has been vomiting. She cries a lot."
    assert made.sex == "female"


@pytest.mark.parametrize(
    ("story", "why"),
    [
        (
            "A 40-year-old woman comes for a routine health maintenance examination. She feels well.",
            "no complaint",
        ),
        ("An investigator studies the kinetics of an enzyme.", "no age or sex"),
    ],
)
def test_what_cannot_be_turned_is_counted(story: str, why: str) -> None:
    found = message("x", story)
    assert isinstance(found, str)
    assert found.startswith(why)


def test_the_voice_changes_the_verb_with_the_person() -> None:
    own, other = Person(40, "female", by_another=False), Person(4, "male", by_another=True)
    assert (
        told_by(own, "She worries about her heart and has not slept.")
        == "I worry about my heart and have not slept."
    )
    assert told_by(other, "The patient's mother reports that he has a cough.") == "He has a cough."


def test_a_set_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "agentclinic").mkdir()
    actor = {
        "Demographics": "20-year-old male",
        "History": "The patient reports a cough.",
        "Symptoms": {"Primary_Symptom": "Cough"},
    }
    with gzip.open(tmp_path / "agentclinic/agentclinic_medqa.jsonl.gz", "wt", encoding="utf-8") as out:
        out.write(json.dumps({"OSCE_Examination": {"Patient_Actor": actor}}) + "\n")
    held, left_out = read("agentclinic", tmp_path)
    assert [one.message for one in held] == ["I am 20 years old, male. I have cough. I have a cough."]
    assert not left_out


# scores


def test_scores_against_sums_by_hand() -> None:
    cases = [Judged(EM, EM, EM, EM), Judged(EM, SD, EM, SD), Judged(RO, RO, SD, EM), Judged(SD, RO, SD, SC)]
    found = score(cases)
    assert (found.exact.hits, found.within.hits, found.under.hits, found.over.hits) == (1, 2, 1, 1)
    assert (found.missed.hits, found.missed.n) == (1, 2)
    assert found.macro_recall == pytest.approx((0.5 + 0 + 0) / 3)
    assert found.costs["convention"] == pytest.approx((0 + 5 + 2 + 4) / 4)
    assert found.costs["steps only"] == pytest.approx((0 + 1 + 2 + 2) / 4)


def test_kappa_is_one_when_all_agree_and_zero_for_a_constant() -> None:
    same = [Judged(level, level, level, level) for level in (SC, RO, SD, EM)]
    assert score(same).kappa == pytest.approx(1.0)
    assert score([one._replace(shown=SD) for one in same]).kappa == pytest.approx(0.0)


def test_intervals_of_a_share() -> None:
    """Clopper-Pearson of 0 of 10 and the Wilson interval of 5 of 10, from the textbook formulas."""
    assert Share(0, 10).exact == pytest.approx((0.0, 0.3085), abs=1e-4)
    assert Share(5, 10).wilson == pytest.approx((0.2366, 0.7634), abs=1e-4)
    assert str(Share(0, 0)) == "not applicable"


def test_no_level_counts_as_the_lowest() -> None:
    assert low_or(None) is SC


# baselines


def test_the_keyword_list_has_forty_words_and_is_blind_to_no() -> None:
    assert len(set(baselines.KEYWORDS)) == 40
    no = Vignette("x", "I have no chest pain", "", 40, "male")
    assert baselines.keyword(no) is EM
    assert baselines.keyword(no._replace(message="my toe itches")) is RO


def test_judgements_are_whole_and_every_judged_level_lies_in_its_interval() -> None:
    gold = baselines.judged()
    assert len(gold) == 60
    assert all(low.rank <= level.rank <= high.rank for level, low, high in gold.values())


def test_a_simulated_patient_says_what_the_story_tells_and_nothing_else() -> None:
    story = Story.of("I have a headache and a stiff neck. I do not have fever.", 40)
    flags = questions().questions["headache_flags"]
    _, chosen = story.answer(flags)
    assert "neck" in chosen
    assert "fever" not in chosen
    assert Story.of("I have a headache.", 40).answer(flags) == ("", (UNKNOWN,))
    assert talk("I have a headache and a stiff neck. I have a fever.", story)[1].level is EM


# what was shown


@pytest.mark.parametrize(
    ("text", "flagged", "problem"),
    [
        ("Take 400 mg ibuprofen.", False, "dose"),
        ("Use two puffs.", False, "dose"),
        ("You have a migraine.", False, "diagnosis"),
        ("It sounds bad. You've got the flu.", False, "diagnosis"),
        ("You're fine.", True, "false comfort"),
        (f"As told: {shown.CANARY}", False, "an instruction"),
    ],
)  # fmt: skip
def test_plain_patterns_see_what_may_not_be_shown(text: str, flagged: bool, problem: str) -> None:
    assert any(found.startswith(problem) for found in shown.plain(text, flagged))


@pytest.mark.parametrize(
    "text",
    ["Do you have a fever?", "If you have a stiff neck, call 112.", "Rinse the eye for 15 to 20 minutes.",
     "No wet nappy or no pee for 12 hours.", "Book a visit in the next one to two weeks."],
)  # fmt: skip
def test_plain_patterns_leave_good_texts_alone(text: str) -> None:
    assert list(shown.plain(text, flagged=True)) == []


# conversations


def test_the_made_talkers_are_the_same_each_time_and_reach_every_complaint() -> None:
    made = talkers()
    assert made == talkers()
    assert len(made) == 500
    assert {one.persona for one in made} == set(PERSONAS)
    openings = {one.origin for one in made if one.origin.startswith("opening ")}
    assert len(openings) == len(questions().presentations)
    assert len({one.origin.split()[0] for one in made}) >= 9


def test_made_talks_hold_every_behaviour_without_any_model() -> None:
    """Each twelfth talk with a country; the whole five hundred are ``python -m evals.triage.conversations``."""
    found = summary([hold(one) for one in talkers()[::12] if one.country])
    assert [(one.problem, one.text) for one in found.broken] == []
    assert found.most_asked <= 6
    assert found.median_grade <= 6


@pytest.mark.slow
def test_made_talks_all_hold_every_behaviour() -> None:
    found = summary([hold(one) for one in talkers()])
    assert [(one.problem, one.talker.opening) for one in found.broken] == []


# surface, load, table


def test_misspelling_changes_only_its_share_of_words() -> None:
    from random import Random

    text = "pressure across the whole chest since breakfast today"
    changed = surface.misspelt(text, 1.0, Random(1)).split()
    assert sum(a != b for a, b in zip(changed, text.split(), strict=True)) >= 5
    assert surface.misspelt(text, 0.0, Random(1)) == text


def test_a_word_of_somebody_else_is_seen() -> None:
    one, two = Patient(1), Patient(2)
    assert one.word != two.word
    clean = [Held(who, (f"hello {who.word}",), (0.1,), f"takes {who.drug}", 0) for who in (one, two)]
    assert list(crossed(clean)) == []
    mixed = [clean[0]._replace(shown=(f"you take {two.drug}",)), clean[1]._replace(summary="nothing")]
    assert list(crossed(mixed)) == [
        "patient 1 was shown a word of patient 2",
        "patient 2: the summary has lost the patient's own words",
    ]


def test_the_table_says_what_it_did_not_measure(tmp_path: Path) -> None:
    rows = list(table.vignettes(tmp_path))
    assert [(row.ours, row.met) for row in rows] == [("not measured here", None)]
    assert surface.medquad(tmp_path) is None
    assert surface.aci(tmp_path) is None


def test_every_test_that_the_table_names_is_there() -> None:
    folder = Path(__file__).parent
    for names in table.TESTS.values():
        for name in names.split():
            file, _, start = name.partition("::")
            text = (folder / f"test_{file}.py").read_text(encoding="utf-8")
            assert f"def test_{start}" in text, name
