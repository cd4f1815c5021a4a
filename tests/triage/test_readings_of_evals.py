"""Readings that the generated patients showed to be wrong: whose sign it is, ages, denials, languages, notes."""

from __future__ import annotations

import pytest

from assistant import gate
from assistant.answer import Role
from tools.triage.assertion import Status
from tools.triage.conversation import Talk, step
from tools.triage.engine import assess
from tools.triage.facts import facts
from tools.triage.language import cannot_check, language
from tools.triage.levels import Level
from tools.triage.notes import read_note
from tools.triage.person import DAYS_IN_YEAR


def _level(text: str) -> Level | None:
    return assess(text, country="GB").level


def _years(text: str) -> list[float]:
    return [round(days / DAYS_IN_YEAR, 2) for days in facts(text).age_days]


@pytest.mark.parametrize(
    "told",
    [
        "There was someone on television who had swollen lips and could not breathe.",
        "In the film a woman could not breathe and her lips went blue.",
        "A great-aunt of mine once lost the sight of one eye.",
        "My colleague had a stroke last year.",
        "Last year, my colleague lost her speech and one side of her face dropped.",
        "Ten years ago, my mother lost her speech and could not move her arm.",
        "I heard about a woman who had crushing chest pain and died.",
        "My boss was taken away with crushing chest pain last year.",
        "Somebody at work went blind years ago.",
        "My aunt once had a fit that would not stop.",
    ],
)
@pytest.mark.parametrize("order", ["{told} I have an itchy toe.", "I have an itchy toe. {told}"])
def test_a_sign_of_somebody_who_is_not_here(told: str, order: str) -> None:
    assert _level(order.format(told=told)) is not Level.EMERGENCY


@pytest.mark.parametrize(
    "told",
    [
        "My neighbour is lying here and cannot breathe",
        "My neighbour collapsed and is not breathing",
        "My colleague is having a stroke",
        "There's a man on the pavement having a seizure",
        "My dad had a stroke. My face is drooping.",
        "My father had a heart attack and now I have crushing chest pain",
        "My dad had a heart attack last year and I have chest pain, I am 60",
        "I saw a man on TV who had a stroke and now my face is drooping",
        "I was watching TV and got crushing chest pain",
        "My friend had a stroke and I think I am having one too, my arm is weak",
        "Last year, my knee was bad. I have crushing chest pain.",
    ],
)
def test_a_sign_of_somebody_here_counts(told: str) -> None:
    assert _level(told) is Level.EMERGENCY


def test_something_eaten_is_no_sign_of_the_heart() -> None:
    assert _level("I think it's just something I ate.") is not Level.EMERGENCY
    assert _level("It's just something I ate, but my chest feels tight and I'm sweating") is Level.EMERGENCY


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("Hello there. \n\nWoman, 45. \n\nI have a headache.", 45), ("Man, 61. I have a headache", 61),
        ("Woman, 23.", 23), ("I'm 17, male. Sore throat.", 17), ("Female 30 with cough", 30), ("F, 45. Cough.", 45),
        ("Woman of 70, cough", 70), ("Patient: woman, 61 years. Cough", 61), ("a 50 year woman with cough", 50),
        ("My husband, 61, has a cough", 61), ("My wife (33) has a cough", 33), ("My son, 4, has a cough", 4),
        ("Girl, 15 months. Cough", 1.25), ("Hi, woman 29 here with a cough", 29), ("I'm forty five, woman", 45),
        ("Mujer, 45. Tengo dolor de pecho", 45), ("Hombre de 61 con dolor de pecho", 61),
        ("Femme, 45. J'ai mal à la poitrine", 45), ("Ich bin 45 und habe Brustschmerzen", 45),
    ],
)  # fmt: skip
def test_how_old_in_few_words(text: str, years: float) -> None:
    assert _years(text) == [years]


@pytest.mark.parametrize(
    "text",
    [
        "woman, 2 weeks of cough", "my man has had 2 days of cough", "called my mum, 5 of us cough",
        "My girl took 5, she coughs", "eGFR 98 mL/min/1.73 m2", "I saw 2 men 3 times",
    ],
)  # fmt: skip
def test_what_is_no_age(text: str) -> None:
    assert _years(text) == []


def test_an_age_behind_long_chatter() -> None:
    chatter = "We went to the park and then we had some lunch at the place by the river. " * 55
    assert _years(chatter + "\n\nWoman, 45. \n\nI have a headache.") == [45]
    assert facts(chatter + "\n\nWoman, 45. \n\nI have a headache.").sex == "female"


@pytest.mark.parametrize(
    "text",
    [
        "Sin somnolencia o confusión", "Tengo tos. Sin fiebre, dolor de pecho ni falta de aire.",
        "Tengo tos. No tengo ni fiebre ni dolor de pecho.", "Sin desmayo y sin dolor en el pecho. Tengo tos.",
        "J'ai une toux. Pas de somnolence et pas de confusion.",
        "Je n'ai ni fièvre, ni essoufflement, ni douleur à la poitrine. Je tousse.",
        "Ich habe Husten. Nicht dabei: Brustschmerzen, Atemnot.", "Ich huste. Weder Brustschmerzen noch Atemnot.",
        "Meine Tochter hat Husten. Keine Spur von: Atemnot, Krampfanfall.",
    ],
)  # fmt: skip
def test_denied_lists_in_other_languages(text: str) -> None:
    assert _level(text) is None


def test_the_portuguese_article_denies_nothing() -> None:
    assert _level("Não tenho febre, o peito dói muito e falta-me o ar") is Level.EMERGENCY


@pytest.mark.parametrize(
    ("text", "stray"),
    [
        ("Tengo tos y no lo devuelvo", "child_word"), ("Mon fils va bien, son chien tousse", "child_word"),
        ("Ma bouche a un goût de vinaigre après manger", "joint_sudden_pain"),
    ],
)  # fmt: skip
def test_a_word_of_the_spoken_language_is_no_sign_of_another(text: str, stray: str) -> None:
    spoken = [concept for concept in facts(text).concepts if concept.id == stray]
    assert not any(concept.words.lower() in ("lo", "son", "goût") for concept in spoken)


@pytest.mark.parametrize(
    "text",
    [
        "Les lèvres de mon enfant gonflent. La gorge de mon enfant se serre.",
        "Im Haus ist kein Paracetamol mehr, ich habe alle zusammen genommen",
        "Il n'y a plus un seul Doliprane chez moi, je les ai tous pris ensemble",
        "Tengo 63 años. Cada bache del coche me duele en la esquina derecha de abajo de la tripa y tengo fiebre. Me "
        "quedo inmóvil porque cualquier movimiento del vientre es horrible.",
        "Mon testicule est passé de normal à insupportable en une seconde",
    ],
)
def test_emergencies_in_other_languages(text: str) -> None:
    assert _level(text) is Level.EMERGENCY


@pytest.mark.parametrize(
    "text", ["I want to kill myself", "quiero matarme", "me quiero morir", "je veux me tuer", "je veux mourir",
             "ich will mich umbringen", "ich will sterben"],
)  # fmt: skip
def test_thoughts_of_suicide_are_for_today_in_each_language(text: str) -> None:
    talk, turn = step(Talk(country="GB"), text)
    assert turn.assessment.level is Level.SAME_DAY
    assert talk.pending == "suicide_ask"


@pytest.mark.parametrize(
    "text",
    [
        "I want to kill myself tonight", "quiero matarme esta noche", "je veux me tuer ce soir",
        "ich will mich heute Nacht umbringen", "I want to die and I have saved up my tablets",
        "quiero morir, tengo las pastillas guardadas", "je veux mourir, j'ai mis des cachets de côté",
        "ich will sterben, ich habe Tabletten gesammelt", "voy a suicidarme", "je vais me suicider",
    ],
)  # fmt: skip
def test_a_plan_or_tonight_is_an_emergency_in_each_language(text: str) -> None:
    assert _level(text) is Level.EMERGENCY


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ho un forte dolore al petto", "it"), ("Mi fa male la testa", "it"), ("Non riesco a respirare", "it"),
        ("Ik heb pijn op de borst en kan niet ademen", "nl"), ("Am o durere în piept și nu pot respira", "ro"),
        ("Tinc un dolor fort al pit", "ca"), ("Jag har ont i bröstet och kan inte andas", "sv"),
        ("Jeg har sterke smerter i brystet", "da"), ("Nina maumivu makali ya kifua", "sw"),
        ("Masakit ang dibdib ko at hindi ako makahinga", "tl"), ("Minulla on kova kipu rinnassa", "fi"),
    ],
)  # fmt: skip
def test_a_language_that_is_not_held_is_named(text: str, name: str) -> None:
    assert language(text) == name
    seen = assess(text, country="GB")
    assert not seen.language_ok
    assert cannot_check(name, "GB") in seen.notes


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Me duele el pecho", "es"), ("Tengo un dolor fuerte al pecho", "es"), ("no puedo respirar", "es"),
        ("J'ai mal à la poitrine", "fr"), ("Ich habe Brustschmerzen", "de"), ("Tenho uma dor forte no peito", "pt"),
        ("My chest dey pain me well well, I no fit breathe", "en"), ("I have a sore throat", "en"),
        ("My pikin dey hot, na since yesterday o", "en"),
    ],
)  # fmt: skip
def test_a_language_that_is_held_stays_itself(text: str, name: str) -> None:
    assert language(text) == name


_NOTE = """CC: heartburn
HPI: 50-year-old man. 2 months hx of heartburn. {denial}
PMH: stroke 2015, T2DM, {past}
FH: sudden death of father, MI in brother
DH: amlodipine 5 mg
Allergies: penicillin (anaphylaxis)
Bloods: INR 1.0, HbA1c 48 mmol/mol"""


def _banners(note: str) -> set[str]:
    read = gate.before(note, role=Role.CLINICIAN, country="GB")
    return {banner.rule for banner in read.banners if banner.level is Level.EMERGENCY}


@pytest.mark.parametrize(
    "denial",
    [
        "Denies fever, chills, chest pain, arm or jaw pain, trouble breathing at rest, drowsiness or confusion.",
        "No chest pain or dyspnoea.", "No chest pain, cold sweats, fainting or vomiting of blood.",
        "Negative for: stiff neck, fit or seizure, weakness in one arm.", "Pt denies thoughts of suicide, overdose.",
    ],
)  # fmt: skip
@pytest.mark.parametrize("past", ["seizure 2011", "overdose in 2009", "GI bleed 2018"])
def test_a_clinicians_note_without_danger_sounds_no_alarm(denial: str, past: str) -> None:
    assert _banners(_NOTE.format(denial=denial, past=past)) == set()


@pytest.mark.parametrize(
    "denial",
    [
        "Denies fever, now has crushing chest pain and is sweating.",
        "Denies fever, has crushing chest pain and sweating.",
        "Denies palpitations but crushing chest pain since this morning, sweating.",
        "No rash. Crushing chest pain and sweating.",
        "No fever, crushing chest pain, sweating.",
    ],
)
def test_what_a_note_tells_behind_a_denial_still_sounds(denial: str) -> None:
    assert _banners(_NOTE.format(denial=denial, past="seizure 2011"))


def test_what_a_note_keeps() -> None:
    assert read_note("PMH: on warfarin, stroke 2015") == "PMH: on warfarin, history of stroke 2015"
    assert "INR 4.2" in read_note("INR 4.2, head injury today")
    assert read_note("Denies fever, BP 80/40, GCS 12.").strip(" .") == ", BP 80/40, GCS 12".strip(" .")
    assert read_note("Acute stroke today.") == "Acute stroke today."


def test_a_blood_thinner_in_the_past_history_still_counts() -> None:
    assert "head_injury_on_blood_thinner" in _banners(
        "PMH: AF on warfarin. HPI: knocked his head this morning."
    )


def test_the_statuses_of_what_is_told_of_others() -> None:
    told = facts("There was someone on television who had swollen lips and could not breathe.")
    assert {
        concept.status for concept in told.concepts if concept.id in ("swelling_mouth", "cannot_breathe")
    } == {Status.OTHER}


def test_oxygen_beside_a_temperature_is_no_fahrenheit() -> None:
    assert facts("temperature 39.5 °C, SpO2 97 percent").numbers["temp_c"] == (39.5,)
    (heat,) = facts("fièvre 102 F depuis hier").numbers["temp_c"]
    assert heat == pytest.approx(38.9, abs=0.1)


@pytest.mark.parametrize(
    "text",
    [
        "cold or pale leg, sudden leg pain, numb foot",
        "steroid tablets, missed steroid doses, extreme weakness",
    ],
)
def test_nouns_of_a_note(text: str) -> None:
    assert _level(text) is Level.EMERGENCY
