"""What a clinician calls the signs, conditions and drugs of the lexicon.

Only what stands here, or what an answer to a question names, is listed in a summary: the lexicon also holds words that
rules need to tell things apart, and to list these would be to say what nobody said. The person's own words stand in
full beside the list.
"""

from __future__ import annotations

from collections.abc import Mapping

from tools.triage.lexicon import ENGLISH
from tools.triage.questions import questions

SIGNS: Mapping[str, str] = {
    # heart, breath, circulation
    "chest_pain": "chest pain", "chest_pressure": "chest pressure", "spread_pain": "pain that spreads",
    "tearing_pain": "tearing pain", "sweating": "sweating", "breathless": "short of breath",
    "cannot_breathe": "cannot breathe", "sudden_breathless": "suddenly short of breath",
    "at_rest": "short of breath at rest", "cannot_speak_breath": "too breathless for a sentence",
    "blue_lips": "blue or grey lips", "stridor": "stridor", "pain_on_breathing": "pain on breathing",
    "palpitations": "palpitations", "fainted": "fainted", "faint_feeling": "feels faint", "dizzy": "dizzy",
    "cough": "cough", "cough_blood": "coughs blood", "choking": "choking", "not_breathing": "not breathing",
    "reliever_fails": "reliever does not help", "one_leg_swollen": "one leg swollen or sore", "cold_limb": "cold limb",
    # belly, urine, bleeding
    "nausea": "nausea", "vomiting": "vomiting", "vomit_blood": "vomits blood", "black_stool": "black stool",
    "diarrhoea": "diarrhoea", "belly_pain": "belly pain", "belly_severe": "severe belly pain",
    "shoulder_tip": "shoulder tip pain", "flank_pain": "flank pain", "cant_keep_fluids": "keeps no fluids down",
    "no_urine": "no urine", "urine_pain": "pain on passing urine", "urine_blocked": "cannot pass urine",
    "testicle_pain": "testicular pain", "vaginal_bleeding": "vaginal bleeding",
    "bleeding_unstoppable": "bleeding that does not stop", "yellow_skin": "yellow skin",
    # head, nerves, mind
    "headache": "headache", "severe_headache": "severe headache", "worst_headache": "worst headache",
    "stiff_neck": "stiff neck", "light_hurts": "light hurts", "confusion": "confusion", "drowsy": "drowsy",
    "hard_to_wake": "hard to wake", "unresponsive": "unresponsive", "seizure": "seizure", "seizure_now": "seizure now",
    "face_droop": "face droop", "one_side_weak": "one side weak or numb", "speech_trouble": "trouble speaking",
    "vision_change": "change of vision", "vision_lost": "loss of vision", "balance_lost": "loss of balance",
    "leg_weak": "leg weakness", "saddle_numb": "numb saddle area", "bladder_bowel_change": "bladder or bowel change",
    "back_pain": "back pain", "head_knock": "knock to the head", "knocked_out": "knocked out",
    "memory_gap": "memory gap", "ear_nose_fluid": "fluid from ear or nose", "low_mood": "low mood",
    "suicide_thoughts": "thoughts of ending life", "suicide_now": "plan or means to end life",
    "voices_command": "voices that command",
    # infection, skin, throat, eye, limbs
    "fever": "fever", "extreme_shivering": "strong shivering", "mottled": "mottled skin", "rash": "rash",
    "rash_not_fading": "rash that does not fade", "hives": "hives", "swelling_mouth": "swollen lips, tongue or mouth",
    "sore_throat": "sore throat", "cant_swallow_spit": "cannot swallow saliva", "muffled_voice": "muffled voice",
    "cant_open_mouth": "cannot open the mouth", "neck_swelling": "swollen neck", "eye_pain": "eye pain",
    "eye_red": "red eye", "flashes_floaters": "flashes or floaters", "halos": "halos",
    "eye_chemical": "chemical in the eye", "leg_pain": "leg pain", "limb_pain": "limb pain",
    "joint_hot": "hot swollen joint", "skin_spreading": "spreading skin redness", "skin_black": "black skin",
    "skin_peeling": "peeling skin", "major_trauma": "major injury", "snake_bite": "snake bite",
    # child, pregnancy, poison, sugar
    "floppy": "floppy", "grunting": "grunting", "drawing_in": "drawing in under the ribs",
    "dry_nappy": "few wet nappies",
    "wont_feed": "does not feed", "sunken_eyes": "sunken eyes", "odd_cry": "unusual cry",
    "bulging_spot": "bulging soft spot", "green_vomit": "green vomit", "less_movement": "baby moves less",
    "labour": "labour", "waters_gone": "waters gone", "overdose": "overdose", "swallowed_poison": "swallowed a poison",
    "battery_magnet": "swallowed a battery or magnet", "very_thirsty": "very thirsty", "much_urine": "much urine",
    "deep_breathing": "deep breathing", "fruity_breath": "fruity breath", "low_sugar": "low sugar",
}  # fmt: skip
CONDITIONS: Mapping[str, str] = {
    "asthma": "asthma", "cancer": "cancer", "cancer_treatment": "cancer treatment", "diabetes": "diabetes",
    "clotting_disorder": "clotting disorder", "weak_defence": "weak immunity", "steroid_dependent": "needs steroids",
    "postpartum": "birth in the last weeks", "recent_surgery": "recent operation or bed rest",
    "brain_surgery": "brain surgery", "sudden_death_family": "sudden death in the family",
    "malaria_area": "stay in a malaria area",
}  # fmt: skip
DRUGS: Mapping[str, str] = {
    "drug.anticoagulant": "anticoagulant", "drug.antiplatelet": "antiplatelet", "opioid": "opioid",
}  # fmt: skip
COURSE: Mapping[str, str] = {"worse_fast": "worse fast", "long_standing": "long standing"}


def sign(concept: str) -> str:
    """The clinician's name of a sign, or "" where a summary does not list it."""
    return SIGNS.get(concept, "")


def condition(concept: str) -> str:
    """The clinician's name of a condition, or ""."""
    return CONDITIONS.get(concept, "")


def drug(concept: str) -> str:
    """The clinician's name of a kind of drug, or ""."""
    plain = concept.removeprefix("drug.").replace("_", " ") if concept.startswith("drug.") else ""
    return DRUGS.get(concept, plain)


def answered(question: str, concept: str) -> str:
    """A sign as the question named it to which it is an answer, in English; "" for what no question names."""
    asked = questions().questions.get(question)
    if asked is None:
        return ""
    for option in asked.options:
        if concept in option.sets:
            return SIGNS.get(concept) or option.watch.get(ENGLISH) or option.text[ENGLISH]
    return SIGNS.get(concept) or asked.text[ENGLISH]
