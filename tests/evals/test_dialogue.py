"""The simulated patient: the same answers every time, true to its slots, honest about what it did not understand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.cases.case import Case, Dialogue, Gold, Latent, Person, Presented, Said, Slot
from evals.cases.make import base_case
from evals.cases.render.dialogue import LOST, NO, NONE, UNKNOWN, YES, SimulatedPatient
from evals.cases.render.vocabulary import affirms, meant

SLOTS = (
    Slot(id="chest_pressure", present=True, words="There is a weight on my chest."),
    Slot(id="coughing_blood", present=False),
    Slot(id="eating_drinking_ok", present=True),
    Slot(id="no_plan_feels_safe", present=True),
    Slot(id="age", words="I am 61"),
    Slot(id="onset", words="It began two hours ago"),
    Slot(id="drugs", words="I take apixaban"),
)


def case(persona: str = "plain", language: str = "en", volunteers: tuple[int, str] | None = None) -> Case:
    person = Person.model_validate(
        {"age_days": 22300, "sex": "male", "weight_kg": 80, "height_cm": 175, "persona": persona}
    )
    return Case(
        id="c1", suite="t", seed=1, index=1, base_id="c1", latent=Latent(person=person), gold=Gold(),
        presented=Presented(id="c1", role="patient", language=language, turns=(Said(text="Hello"),)),
        dialogue=Dialogue(slots=SLOTS, volunteers=volunteers, seed=7),
    )  # fmt: skip


def ask(text: str, *ids: str, persona: str = "plain", **choices: str) -> tuple[str, tuple[str, ...]]:
    return SimulatedPatient(case(persona)).answer(ids, text, choices)


def test_options_are_chosen_by_what_is_there_and_the_rest_is_said_not_to_be() -> None:
    options = {
        "a": "Pain or pressure in the chest",
        "b": "I cough up blood",
        NONE: "None of these",
        UNKNOWN: "I don't know",
    }
    assert ask("Any of these?", **options) == ("", ("a", NONE))
    del options["a"]
    assert ask("Any of these?", **options) == ("", (NONE,))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Is there pressure in your chest? (Yes; No; I don't know)", YES),
        ("Do you cough up blood?", NO),
        ("Do you have a fever?", NO),
    ],
    ids=["there", "absent", "not-spoken-of"],
)
def test_yes_and_no(question: str, answer: str) -> None:
    assert ask(question, yes="Yes", no="No", unknown="I don't know") == ("", (answer,))


def test_what_is_all_right_never_makes_a_danger_true() -> None:
    options = {"a": "Nothing I drink stays down", NONE: "None of these"}
    assert ask("Any of these?", **options)[1] == (NONE,)
    assert not affirms("no_plan_feels_safe", "Do you have a plan to do it?")
    assert affirms("can_bear_weight", "Can you put weight on the foot?")
    assert not affirms("can_bear_weight", "I cannot put weight on the foot")


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How old are you?", "I am 61"),
        ("When did it start?", "It began two hours ago"),
        ("What medicines do you take?", "I take apixaban"),
        ("Is there any pressure in your chest?", "There is a weight on my chest."),
    ],
)
def test_free_questions_find_their_fact(question: str, words: str) -> None:
    assert ask(question)[0] == words


def test_an_id_goes_before_the_words() -> None:
    assert ask("?", "age") == ("I am 61", ())
    assert ask("?", "age_of_patient")[0] == "I am 61"


def test_what_is_not_understood_is_said_and_counted() -> None:
    patient = SimulatedPatient(case())
    assert patient.answer((), "Qwxz brtl?", {})[0] == LOST["en"]
    assert patient.answer((), "Vrrm?", {"x": "Zzkl", NONE: "None"})[0] == LOST["en"]
    assert (patient.unmatched, patient.asked) == (2, 2)
    assert SimulatedPatient(case(language="de")).answer((), "Qwxz?", {})[0] == LOST["de"]


def test_the_flag_is_volunteered_at_its_turn_and_once() -> None:
    patient = SimulatedPatient(case(volunteers=(3, "chest_pressure")))
    assert "weight on my chest" not in patient.unasked()
    assert patient.unasked() == "There is a weight on my chest."
    assert patient.unasked() == ""


def test_a_flag_that_was_told_to_a_question_is_not_volunteered() -> None:
    patient = SimulatedPatient(case(volunteers=(3, "chest_pressure")))
    patient.answer((), "Any of these?", {"a": "Pressure in the chest", NONE: "None"})
    assert patient.unasked() == ""


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 80), st.sampled_from(["plain", "terse", "rambling", "minimising", "anxious"]))
def test_no_persona_denies_what_is_there(index: int, persona: str) -> None:
    drawn = base_case(5, index)
    person = drawn.latent.person.model_copy(update={"persona": persona})
    told = drawn.model_copy(update={"latent": drawn.latent.model_copy(update={"person": person})})
    assert told.dialogue is not None
    for slot in told.dialogue.slots:
        answers = [
            SimulatedPatient(told).answer((slot.id,), "", {YES: "Yes", NO: "No", UNKNOWN: "?"})
            for _ in (1, 2)
        ]
        assert answers[0] == answers[1]
        if slot.present is True and affirms(slot.id, ""):
            assert answers[0][1] == (YES,)
        if slot.present is False:
            assert YES not in answers[0][1]


def test_each_part_of_a_list_is_understood() -> None:
    assert "face_droop" in meant("One side weak, drooping of the face, or slurred speech")
    assert meant("pain") == ()


def test_a_sign_with_something_more_is_another_sign() -> None:
    assert "vomiting" not in meant("I throw up blood")
    assert meant("Black, sticky stool") == ("black_stool",)


def test_a_case_without_a_dialogue_has_no_patient() -> None:
    with pytest.raises(ValueError, match="no dialogue"):
        SimulatedPatient(case().model_copy(update={"dialogue": None}))
