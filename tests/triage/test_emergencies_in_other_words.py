"""Emergencies said obliquely, in dialect, in the staff's words and in three languages; and what sounds like them."""

from __future__ import annotations

import pytest

from tools.triage.engine import assess
from tools.triage.levels import Level

EMERGENCIES = (
    "I'm 63. A chunk of my sight on the left is just missing since lunch.",
    "Woman, 58. It's like a blind half drawn over one eye.",
    "I'm 70. Rings round the street lights, my eyebrow is throbbing and I keep throwing up.",
    "I'm 29. My monthly hasn't come, I'm spotting and the room goes grey when I stand up.",
    "I'm 31, female. I'm bleeding down below and there's an ache at the tip of my shoulder.",
    "The baby is due any day and bright dots keep dancing wherever I look.",
    "Home from the maternity ward with a newborn, my head is in a vice.",
    "I polished off twenty-four Panadol, I feel fine.",
    "For my tooth I take paracetamol every two hours, maybe fifteen in one day.",
    "I'm 24. My breath smells of pear drops and I'm panting lying in bed, so thirsty.",
    "My adrenals don't work. The hydrocortisone ran out and my legs won't carry me.",
    "Mum is 82. It burns when she pees and she makes no sense when awake.",
    "Dad, 79. His colour is awful, grey and patchy, and he hasn't had a wee all day.",
    "I'm on cycle two at the oncology day unit and I'm woozy on my feet.",
    "My tummy pain vanished for an hour, now the whole abdomen is agony.",
    "My son is 14. One ball has pulled up and he has pain low down on one side of his belly.",
    "My motions have gone the colour of liquorice.",
    "Soy una mujer de 28 años. Tengo un retraso de la regla y me duele abajo a un lado de la barriga.",
    "J'ai 66 ans. Un rideau noir descend devant un œil.",
    "Ich bin 45 Jahre alt. Mein Stuhl ist wie Teer und mir wird schwarz vor Augen, wenn ich aufstehe.",
)
NO_EMERGENCIES = (
    "I see rings round the street lights when I drive at night, nothing else.",
    "Two paracetamol every six hours for my back, is that all right?",
    "My period is three days late, should I do a test?",
    "I wake up far too early and can't nod off again.",
    "My stomach ache eased off after lunch and has not come back.",
    "He pulled up his football socks and has a sore knee.",
    "I tested positive for covid and my throat is sore.",
)


@pytest.mark.parametrize("text", EMERGENCIES, ids=range(len(EMERGENCIES)))
def test_an_emergency_in_other_words_is_called_one(text: str) -> None:
    assert assess(text).level is Level.EMERGENCY


@pytest.mark.parametrize("text", NO_EMERGENCIES, ids=range(len(NO_EMERGENCIES)))
def test_what_sounds_like_it_is_not_called_an_emergency(text: str) -> None:
    assert assess(text).level is not Level.EMERGENCY
