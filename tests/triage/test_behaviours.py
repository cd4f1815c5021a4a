"""The pure checks, and the reading grade against sentences counted by hand."""

import pytest

from tools.triage import behaviours
from tools.triage.levels import Level

COUNTED = [
    # sentence, words, syllables: counted by hand
    ("Call for help now.", 4, 4),
    ("The pain in my chest is bad.", 7, 7),
    ("You may need care today.", 5, 6),
    ("A doctor can look at your skin.", 7, 8),
    ("Drink some water and sit down.", 6, 7),
    ("Your baby has a fever.", 5, 7),
    ("Go to the emergency department now.", 6, 11),
    ("The nurse will take your temperature.", 6, 9),
    ("Do you take any medicine every day?", 7, 11),
    ("Swelling of the tongue can block the air.", 8, 9),
    ("An ambulance is on the way.", 6, 8),
    ("Chest pain can be a sign of a heart attack.", 10, 11),
    ("Keep the wound clean and dry.", 6, 6),
    ("People with diabetes need advice.", 5, 10),
    ("The poison line is open all night.", 7, 9),
    ("Infection can spread within hours.", 5, 8),
    ("He was confused and could not walk.", 7, 8),
    ("Someone should stay with you.", 5, 6),
    ("Suicide is never the only way.", 6, 10),
    ("Breathing trouble needs help at once.", 6, 8),
    ("Antibiotics do not help a cold.", 6, 10),
    ("Her temperature dropped after an hour.", 6, 10),
    ("Allergies can cause itching.", 4, 7),
    ("The pharmacist can check the label.", 6, 9),
    ("Palpitations usually settle.", 3, 10),
    ("Pregnancy changes many things.", 4, 8),
    ("It is important to rest.", 5, 7),
    ("Paracetamol is a common medicine.", 5, 12),
    ("Dehydration makes you tired.", 4, 8),
    ("Vomiting and diarrhoea can dry you out.", 7, 12),
    ("Press on the wound for ten minutes.", 7, 8),
    ("Do not eat or drink for now.", 7, 7),
    ("Lie down and lift your legs.", 6, 6),
    ("A nurse will see you soon.", 6, 6),
    ("Your skin may itch at night.", 6, 6),
    ("The rash does not fade.", 5, 5),
    ("Hold the glass against the spots.", 6, 7),
    ("Open a window and sit up.", 6, 8),
    ("Use your own inhaler as you were shown.", 8, 10),
    ("Ask someone to stay with you.", 6, 7),
    ("Tell them which pills you took.", 6, 6),
    ("Bring the bottle with you.", 5, 6),
    ("Your heart is beating fast.", 5, 6),
    ("A stiff neck with a fever needs care now.", 9, 10),
    ("The baby will not feed.", 5, 6),
    ("Count the wet nappies today.", 5, 7),
    ("The child is floppy and pale.", 6, 7),
    ("Her lips are turning blue.", 5, 6),
    ("A seizure can last a few minutes.", 7, 9),
    ("Keep the airway open.", 4, 6),
    ("Do not put anything in his mouth.", 7, 9),
    ("Sudden weakness on one side can be a stroke.", 9, 11),
    ("Note the time when it began.", 6, 7),
    ("Trouble with speech is a warning sign.", 7, 9),
    ("A bad burn needs cool water.", 6, 7),
    ("Take off rings before it swells.", 6, 7),
    ("Cover the burn with cling film.", 6, 7),
    ("Black stools can mean bleeding inside.", 6, 8),
    ("Belly pain that will not stop needs care.", 8, 9),
    ("You can call at any hour.", 6, 7),
    ("Wash the eye with clean water.", 6, 7),
    ("Halos around lights are a danger sign.", 7, 10),
    ("New floaters need an eye check today.", 7, 9),
    ("A swollen calf can be a clot.", 7, 8),
    ("Breathing is hard when you lie flat.", 7, 8),
    ("Pregnant women need a check the same day.", 8, 10),
    ("The baby moves less than usual.", 6, 9),
    ("Your blood pressure is very high.", 6, 8),
    ("Check your sugar before you eat.", 6, 8),
    ("Ketones in the blood can harm you.", 7, 8),
    ("Drink small sips of water often.", 6, 8),
    ("Sunken eyes show a lack of water.", 7, 9),
    ("Your medicine can make you bleed.", 6, 8),
    ("A knock to the head can be serious.", 8, 10),
    ("Watch him for a day and a night.", 8, 8),
    ("Wake her up every two hours.", 6, 7),
    ("The pain moves into your back.", 6, 7),
    ("Numbness between the legs is urgent.", 6, 9),
    ("You cannot pass water at all.", 6, 8),
    ("The joint is hot and red.", 6, 6),
    ("A deep cut may need stitches.", 6, 7),
    ("Snake bites need a hospital.", 5, 7),
    ("Move away from the smoke.", 5, 6),
    ("Everyone in the house feels ill.", 6, 8),
    ("Your tongue is getting bigger.", 5, 7),
    ("Wasp stings can close the throat.", 6, 6),
    ("A rope or pills at hand is a danger.", 9, 10),
    ("Voices that tell you to harm need help.", 8, 9),
    ("Shaking after you stop drinking is risky.", 7, 11),
    ("I could not rule this out.", 6, 6),
    ("Have you been abroad this year?", 6, 7),
    ("When did you last pass water?", 6, 7),
    ("Is it worse when you move?", 6, 6),
    ("How old is the person who is ill?", 8, 9),
    ("Does it hurt to chew?", 5, 5),
    ("Can you see with both eyes?", 6, 6),
    ("Someone with a weak immune system needs care today.", 9, 13),
    ("Antibiotics can upset the stomach.", 5, 11),
    ("A pharmacist can tell you more.", 6, 8),
    ("Physiotherapy may help the knee.", 5, 10),
]


@pytest.mark.parametrize(("sentence", "words", "syllables"), COUNTED)
def test_the_counts_are_self_consistent(sentence: str, words: int, syllables: int) -> None:
    assert len(sentence.rstrip(".?").split()) == words
    assert syllables >= words


def test_reading_grade_against_counts_by_hand() -> None:
    """Spec 9: an error of at most half a grade on nine of ten of a hundred sentences."""
    assert len({sentence for sentence, _, _ in COUNTED}) >= 100
    errors = []
    for sentence, words, syllables in COUNTED:
        gold = 0.39 * words + 11.8 * syllables / words - 15.59
        errors.append(abs(behaviours.reading_grade(sentence) - gold))
    assert sum(error <= 0.5 for error in errors) >= 0.9 * len(errors), [
        row for row, error in zip(COUNTED, errors, strict=True) if error > 0.5
    ]


def test_reading_grade_of_nothing_is_zero() -> None:
    assert behaviours.reading_grade("") == behaviours.reading_grade("!!! ...") == 0.0


@pytest.mark.parametrize(
    "text",
    ["take 800 mg", "5ml at night", "2.5 mg", "two tablets", "one puff", "10 units of insulin", "twice a day",
     "three times a day", "every 4 to 6 hours", "every six hours", "1 g now", "half tablet", "stop taking it",
     "double the dose", "skip a dose", "1-2 drops"],
)  # fmt: skip
def test_doses_are_seen(text: str) -> None:
    assert not behaviours.no_dose(f"You could {text}.")


@pytest.mark.parametrize(
    "text",
    ["Call 999 or 112 now.", "Rinse the eye for 15 to 20 minutes.", "A fever of 38 or more.", "In two weeks.",
     "Use your own inhaler as you were shown.", "It began 3 days ago.", "Ask a pharmacist and read the label."],
)  # fmt: skip
def test_what_is_no_dose(text: str) -> None:
    assert behaviours.no_dose(text)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Call 911 now.", Level.EMERGENCY),
        ("Go to the emergency department at once.", Level.EMERGENCY),
        ("If it gets worse, call 911 now.", None),
        ("See a doctor today.", Level.SAME_DAY),
        ("Rest at home.", Level.ROUTINE),
        ("Book an appointment next week.", Level.ROUTINE),
        ("Colds are common.", None),
    ],
)
def test_urgency_read_from_text(text: str, level: Level | None) -> None:
    assert behaviours.urgency(text) is level


def test_diagnosis_and_what_is_none() -> None:
    assert not behaviours.no_diagnosis("You have a blood clot.")
    assert not behaviours.no_diagnosis("You’ve got pneumonia.")
    assert behaviours.no_diagnosis("This can be a sign of a clot.")
    assert behaviours.no_diagnosis("If you have a fever, call.")


def test_private_numbers_are_seen_and_our_lines_are_not() -> None:
    assert not behaviours.private("Ring 07700 900123 for Jane")
    assert not behaviours.private("mail a.b@c.org")
    assert behaviours.private("Call 1-800-222-1222 or 0800 111 0 111 or 116 123.")


@pytest.mark.parametrize(
    "text",
    [
        "start at 25-50% of the lowest starting dose", "take 50 percent of the usual dose",
        "the maximum dose is on the box",
    ],
)  # fmt: skip
def test_a_share_of_a_dose_is_a_dose(text: str) -> None:
    assert not behaviours.no_dose(text)


def test_a_dose_without_an_amount_may_be_named() -> None:
    assert behaviours.no_dose("I cannot tell you a dose, or whether to change a medicine.")
    assert behaviours.no_dose("about 50 percent of people get better in a week")
