"""Emergencies of heart, vessels, brain, breath and fumes in words that go round the sign, and their near misses.

The sentences are our own: none stands in a rule's examples or in the generator's wording.
"""

from __future__ import annotations

import pytest

from tools.triage.engine import assess
from tools.triage.levels import Level

EMERGENCIES = {
    "double sight at once": "I'm 66. All of a sudden I see two of everything on the table.",
    "lost balance": "Woman, 71. From one minute to the next I could not walk without holding the rail.",
    "half of the page": "Dad is 80. Half of what he looks at is gone since breakfast.",
    "arms held up": "When mum holds her arms up one of them drops.",
    "mumbling": "I'm 59. Nobody can make out what I am saying, it is just mumbling.",
    "pulseless leg": "My granddad's leg is the colour of chalk and freezing below the knee.",
    "numb and sudden": "Out of nowhere a terrible pain came on in one leg and I can't wiggle my toes.",
    "ripping": "I felt it tear inside, it has moved from my chest down into my back.",
    "short steps": "I'm 74, one of my calves is swollen and I have to stop on the stairs to get my breath back.",
    "coach": "After a ten hour coach journey I have a stab in my ribs when I breathe.",
    "plank": "She is burning up and her neck feels like a plank.",
    "fit with fever": "I'm running a fever and my flatmate says my body went stiff and jerked.",
    "dentist": "My backside feels like after a dentist's injection and I can't hold a motion.",
    "both legs": "My back has gone and neither leg will hold me.",
    "clotting": "I take tablets to stop my blood clotting and I smacked my head on the car door.",
    "fumes": "My head is sore and I feel better as soon as I get out of the house. My flatmates feel just as rough.",
    "nuts": "Minutes after eating cashews I came out in itchy welts and my chest is whistling.",
    "words for breath": "Asthma. I'm typing because I have no air to talk.",
    "jaw": "I'm 70, drenched in sweat, and it is like toothache all along my lower jaw.",
}
FOREIGN = {
    "es leg": "Mi padre tiene una pierna blanca y helada desde hace dos horas.",
    "es fumes": "Nos duele la cabeza a todos en casa y se me pasa cuando salgo a la calle.",
    "es saddle": "Tengo lumbago y no noto la taza del váter.",
    "fr leg": "Ma mère a un pied pâle et glacé depuis ce matin.",
    "fr fumes": "Mal de tête, toute la famille aussi, et dehors ça va mieux.",
    "fr saddle": "J'ai une sciatique et je ne sens plus le papier quand je m'essuie.",
    "de leg": "Der linke Fuß meines Vaters ist bleich und eiskalt.",
    "de fumes": "Alle im Haus haben Kopfschmerzen, draußen geht es mir besser.",
    "de saddle": "Hexenschuss, und zwischen den Beinen ist alles taub.",
}
HARMLESS = (
    "I get out of bed and my back is a bit stiff, both my kids have colds",
    "I feel better in the fresh air than in the office",
    "my balance at the bank is gone",
    "I had my foot up all evening watching telly and my toes got cold",
    "what causes sudden double vision?",
    "I flew back from Spain last week and want to book a smear test",
    "my new heater works well and everyone in the house is happy",
    "I ate peanuts and nothing happened",
)
DENIED = (
    "Kopfschmerzen seit heute, weder Erbrechen noch Schwäche in einem Arm.",
    "Tengo tos. No hay somnolencia o confusión.",
    "J'ai mal au mollet, pas de douleur aiguë en inspirant.",
)


@pytest.mark.parametrize("name", EMERGENCIES)
def test_a_roundabout_emergency_is_called(name: str) -> None:
    assert assess(EMERGENCIES[name]).level is Level.EMERGENCY


@pytest.mark.parametrize("name", FOREIGN)
def test_so_in_another_language(name: str) -> None:
    assert assess(FOREIGN[name]).level is Level.EMERGENCY


@pytest.mark.parametrize("text", HARMLESS)
def test_a_harmless_neighbour_is_not(text: str) -> None:
    assert assess(text).level is not Level.EMERGENCY


@pytest.mark.parametrize("text", DENIED)
def test_what_is_denied_in_another_language_is_no_emergency(text: str) -> None:
    assert assess(text).level is not Level.EMERGENCY


def test_a_racing_heart_counts_beside_a_swollen_calf_and_an_old_rhythm_does_not() -> None:
    racing = assess("one calf is fat and sore and my heart keeps pounding")
    old = assess(
        "one calf is fat and sore. I have an irregular heartbeat (atrial fibrillation) and take apixaban"
    )
    assert "clot_lung" in {fired.rule for fired in racing.fired}
    assert "clot_lung" not in {fired.rule for fired in old.fired}


def test_sciatica_with_a_numb_foot_is_no_dead_leg() -> None:
    sciatica = assess("a sudden pain shot down my leg from my back and my foot has pins and needles")
    assert "limb_threat" not in {fired.rule for fired in sciatica.fired}
