"""The words around the symptoms of a lay message, in four languages: who it is about, since when, fear, the question.

None of them says a symptom, an urgency or a diagnosis. ``{i}``, ``{im}`` ... as in :mod:`evals.cases.phrases`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from evals.cases.case import Sex

Texts = tuple[str, ...]


class Language(NamedTuple):
    """The fillers of one language. ``{age}``, ``{kin}``, ``{when}``, ``{a}`` ... are filled by the renderer."""

    openings: Texts
    self_female: Texts
    self_male: Texts
    child: Texts
    onset: Texts
    happened: Texts
    """The same of an event that is over: a fall, a sting, a weakness that has gone again."""
    anxious: Texts
    rambling: Texts
    minimising: Texts
    """Stands before a symptom, in the same sentence."""
    deny_one: Texts
    deny_two: Texts
    closing: Texts
    pregnant: Texts
    takes: Texts
    has: Texts
    units: Mapping[str, tuple[str, str]]
    """minute, hour, day, week, month, year: one, many."""
    kin: Mapping[Sex, str]


EN = Language(
    openings=("Hi.", "Hello,", "Hello there.", "Good evening.", "Hi, hope someone is there.", "Hey"),
    self_female=(
        "I'm a {age} year old woman.",
        "I'm {age}, female.",
        "Woman, {age}.",
        "I am {age} years old and a woman.",
    ),
    self_male=(
        "I'm a {age} year old man.",
        "I'm {age}, male.",
        "Man, {age}.",
        "I am {age} years old and a man.",
    ),
    child=(
        "It's about my {age} old {kin}.",
        "My {kin} is {age} old.",
        "I'm writing about my {kin}, {age} old.",
    ),
    onset=(
        "It started about {when} ago.",
        "This has been going on for {when} now.",
        "First noticed it {when} ago.",
        "Been like this for {when}.",
    ),
    happened=("It happened {when} ago.", "It happened about {when} ago."),
    anxious=(
        "I'm really worried.",
        "I'm scared, please answer.",
        "I keep thinking about it and I'm frightened.",
    ),
    rambling=(
        "Sorry if this gets long, I never know what matters.",
        "I was going to leave it until I had finished the washing up but here I am.",
        "The line at the surgery was engaged so I thought I would try this instead.",
        "I don't like to bother people, and the dog has been looking at me funny all day.",
    ),
    minimising=("it's probably nothing but", "not to make a fuss but", "I'm sure it's fine, only"),
    deny_one=("No {a}.", "No {a} that I know of."),
    deny_two=("No {a} and no {b}.", "No {a}, no {b}."),
    closing=(
        "What should I do?",
        "Do I need to see someone?",
        "What do you think?",
        "Is there anything I should do?",
        "Any advice?",
        "",
    ),
    pregnant=("{im} {weeks} weeks pregnant.", "{im} pregnant, {weeks} weeks."),
    takes=("{i} {v:take} {drugs}.", "On {drugs}."),
    has=("{i} {v:have} {problems}.", "{i} also {v:have} {problems}."),
    units={
        "minute": ("a minute", "{n} minutes"),
        "hour": ("an hour", "{n} hours"),
        "day": ("a day", "{n} days"),
        "week": ("a week", "{n} weeks"),
        "month": ("a month", "{n} months"),
        "year": ("a year", "{n} years"),
    },
    kin={"female": "daughter", "male": "son"},
)
ES = Language(
    openings=("Hola.", "Buenas noches.", "Buenos días.", "Hola, ¿hay alguien?"),
    self_female=("Tengo {age} años, soy mujer.", "Soy una mujer de {age} años.", "Mujer, {age} años."),
    self_male=("Tengo {age} años, soy hombre.", "Soy un hombre de {age} años.", "Hombre, {age} años."),
    child=("Escribo por mi {kin} de {age}.", "Es por mi {kin}, tiene {age}."),
    onset=("Empezó hace {when}.", "Desde hace {when}."),
    happened=("Pasó hace {when}.",),
    anxious=("Tengo mucho miedo.", "Esto me preocupa mucho, contéstenme por favor."),
    rambling=(
        "Perdón si me extiendo, no sé qué es importante.",
        "Iba a esperar, pero mi vecina me dijo que escribiera.",
    ),
    minimising=("seguro que no es nada, pero", "no quiero exagerar, pero"),
    deny_one=("No hay {a}.", "Sin {a}."),
    deny_two=("Sin {a} y sin {b}.", "No hay {a} ni {b}."),
    closing=("¿Qué hago?", "¿Tengo que ir al médico?", "¿Qué me aconsejan?", ""),
    pregnant=("Estoy embarazada de {weeks} semanas.",),
    takes=("Tomo {drugs}.",),
    has=(),
    units={
        "minute": ("un minuto", "{n} minutos"),
        "hour": ("una hora", "{n} horas"),
        "day": ("un día", "{n} días"),
        "week": ("una semana", "{n} semanas"),
        "month": ("un mes", "{n} meses"),
        "year": ("un año", "{n} años"),
    },
    kin={"female": "hija", "male": "hijo"},
)
FR = Language(
    openings=("Bonjour,", "Bonsoir.", "Bonjour, est-ce que quelqu'un peut m'aider ?"),
    self_female=(
        "J'ai {age} ans, je suis une femme.",
        "Je suis une femme de {age} ans.",
        "Femme, {age} ans.",
    ),
    self_male=("J'ai {age} ans, je suis un homme.", "Je suis un homme de {age} ans.", "Homme, {age} ans."),
    child=("C'est pour {kin} de {age}.", "J'écris pour {kin}, {age}."),
    onset=("Ça a commencé il y a {when}.", "Ça dure depuis {when}.", "C'est comme ça depuis {when}."),
    happened=("C'est arrivé il y a {when}.",),
    anxious=("J'ai vraiment peur.", "Je m'inquiète beaucoup."),
    rambling=(
        "Pardon si c'est long, je ne sais pas ce qui compte.",
        "Je pensais attendre, mais ma voisine m'a dit d'écrire.",
    ),
    minimising=("ce n'est sûrement rien, mais", "je ne veux pas déranger, mais"),
    deny_one=("Pas de {a}.", "Aucune trace de {a}."),
    deny_two=("Pas de {a} et pas de {b}.", "Ni {a} ni {b}."),
    closing=("Que dois-je faire ?", "Est-ce que je dois consulter ?", "Qu'en pensez-vous ?", ""),
    pregnant=("Je suis enceinte de {weeks} semaines.",),
    takes=("Je prends {drugs}.",),
    has=(),
    units={
        "minute": ("une minute", "{n} minutes"),
        "hour": ("une heure", "{n} heures"),
        "day": ("un jour", "{n} jours"),
        "week": ("une semaine", "{n} semaines"),
        "month": ("un mois", "{n} mois"),
        "year": ("un an", "{n} ans"),
    },
    kin={"female": "ma fille", "male": "mon fils"},
)
DE = Language(
    openings=("Hallo,", "Guten Abend.", "Guten Tag, ist da jemand?"),
    self_female=("Ich bin {age} Jahre alt, weiblich.", "Ich bin eine Frau, {age}.", "Frau, {age} Jahre."),
    self_male=("Ich bin {age} Jahre alt, männlich.", "Ich bin ein Mann, {age}.", "Mann, {age} Jahre."),
    child=("Es geht um {kin}, {age} alt.", "Ich frage für {kin}, {age} alt."),
    onset=("Es hat vor {when} angefangen.", "Das ist vor {when} losgegangen."),
    happened=("Es ist vor {when} passiert.",),
    anxious=("Ich habe wirklich Angst.", "Ich mache mir große Sorgen."),
    rambling=(
        "Entschuldigung, falls das lang wird, ich weiß nicht, was wichtig ist.",
        "Eigentlich wollte ich abwarten, aber meine Nachbarin meinte, ich soll schreiben.",
    ),
    minimising=("wahrscheinlich ist es nichts, aber", "ich will nicht übertreiben, aber"),
    deny_one=("Keine Spur von: {a}.", "Nicht dabei: {a}."),
    deny_two=("Nicht dabei: {a}, {b}.", "Weder {a} noch {b}."),
    closing=("Was soll ich tun?", "Muss ich zum Arzt?", "Was meinen Sie?", ""),
    pregnant=("Ich bin in der {weeks}. Woche schwanger.",),
    takes=("Ich nehme {drugs}.",),
    has=(),
    units={
        "minute": ("einer Minute", "{n} Minuten"),
        "hour": ("einer Stunde", "{n} Stunden"),
        "day": ("einem Tag", "{n} Tagen"),
        "week": ("einer Woche", "{n} Wochen"),
        "month": ("einem Monat", "{n} Monaten"),
        "year": ("einem Jahr", "{n} Jahren"),
    },
    kin={"female": "meine Tochter", "male": "meinen Sohn"},
)
EVENTS = frozenset({"deficit_gone_again", "head_knock", "after_food_or_sting"})
"""Symptoms that are an event: since when is when it happened."""
YOUNG = {
    "en": {"woman": "girl", "man": "boy", "Woman": "Girl", "Man": "Boy"},
    "es": {"mujer": "chica", "hombre": "chico", "Mujer": "Chica", "Hombre": "Chico"},
    "fr": {"femme": "fille", "homme": "garçon", "Femme": "Fille", "Homme": "Garçon"},
    "de": {"eine Frau": "ein Mädchen", "ein Mann": "ein Junge", "Frau": "Mädchen", "Mann": "Junge"},
}
"""How women and men are called below sixteen."""
FILLERS: Mapping[str, Language] = {"en": EN, "es": ES, "fr": FR, "de": DE}
AND = {"en": " and ", "es": " y ", "fr": " et ", "de": " und "}

KIN: Mapping[tuple[str, Sex], str] = {
    ("husband", "female"): "wife",
    ("wife", "male"): "husband",
    ("daughter", "female"): "mum",
    ("daughter", "male"): "dad",
    ("son", "female"): "mum",
    ("son", "male"): "dad",
    ("friend", "female"): "friend",
    ("friend", "male"): "friend",
    ("sister", "female"): "sister",
    ("brother", "male"): "brother",
}
"""Who writes, and the sex of the person, to what the writer calls the person."""
KIN_SENTENCES = (
    "It's my {kin}, {sex}, {age}.",
    "I'm asking for my {kin}, a {age} year old {sex}.",
    "Writing about my {kin} ({sex}, {age}).",
)


def since(hours: float, language: str) -> str:
    """Hours as people say them, in the fillers' case."""
    for unit, size, limit, step in _STEPS:
        if hours < limit:
            number = max(1, round(hours / size / step) * step)
            one, many = FILLERS[language].units[unit]
            return one if number == 1 else many.format(n=number)
    raise ValueError(f"{hours:g} hours is longer than a life")


_STEPS = (
    ("minute", 1 / 60, 0.85, 5),
    ("hour", 1.0, 40.0, 1),
    ("day", 24.0, 14 * 24.0, 1),
    ("week", 168.0, 9 * 168.0, 1),
    ("month", 730.5, 23.5 * 730.5, 1),
    ("year", 8766.0, 1e7, 1),
)


def age_words(days: int, language: str) -> str:
    """ "12 day", "7 week", "5 month", "9 year" in English (before "old"); plural nouns elsewhere."""
    unit, number = "year", int(days / 365.25)
    if days < 28:
        unit, number = "day", days
    elif days < 91:
        unit, number = "week", days // 7
    elif days < 731:
        unit, number = "month", int(days / 30.44)
    if language == "en":
        return f"{number} {unit}"
    one, many = FILLERS[language].units[unit]
    if language == "de":
        return {
            "day": f"{number} Tage",
            "week": f"{number} Wochen",
            "month": f"{number} Monate",
            "year": f"{number} Jahre",
        }[unit]
    return one if number == 1 else many.format(n=number)
