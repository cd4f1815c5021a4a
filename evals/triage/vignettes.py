"""Patient messages from published vignettes, by fixed code: what the person would say, without what the staff found.

The vignettes (AgentClinic-MedQA, arXiv 2405.07960; CRAFT-MD, doi 10.1038/s41591-024-03328-5; both MIT) carry no
urgency; their messages are never committed. ``python -m evals.triage.vignettes --data DIR`` prints how many could be
turned; ``--sample FILE`` writes the sixty that a judge reads before anyone sees what the engine says of them.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from evals.triage.voice import Person, lay, sentences, told_by

DATA = Path(__file__).resolve().parents[2] / "../shared/data"
SAMPLE_SEED, SAMPLE_EACH = 20261122, 30
SETS = ("agentclinic", "craft_md")
CHILD_YEARS = 13
"""Below it somebody else writes."""

_STAFF = re.compile(
    r"\b(?:examin\w*|on exam|exam (?:shows|reveals|is|findings)|auscultat\w*|palpat\w*|percussion"
    r"|inspection|reflexes"
    r"|vital\w*|blood pressure (?:is|of|was)|bp|pulse (?:is|of|was)|heart rate|respirat\w+ (?:rate|is|are"
    r"|of)|mm ?hg"
    r"|temperature (?:is|of|was)|oxygen saturation|spo2|o2 sat\w*|bmi|kg/m|labo?r?a?t?o?r?y? (?:studies"
    r"|tests?|results|"
    r"values|findings)|labs|serum|plasma|hemoglobin|leukocyte|platelet|hematocrit|creatinine|urinalysis"
    r"|ct|mri|x-?ray"
    r"|radiograph\w*|ultraso\w+|echocardio\w*|electrocardio\w*|ecg|ekg|eeg|biopsy|cultures?|gram stain"
    r"|microscop\w*"
    r"|histolog\w*|patholog\w*|smear|endoscop\w*|colonoscop\w*|spirometry|angiogra\w*|scan|apgar|percentile"
    r"|mg/dl|meq|mmol|mg/l|/mm|g/dl|u/l|iu/l|murmur|tenderness|glasgow|appears|is noted|are noted|is seen"
    r"|reveals?"
    r"|on (?:physical|pelvic|further|neurologic\w*|mental|skin) \w+|tests? (?:is|are|shows?)"
    r"|results? (?:are|is|of|as)|stud(?:y|ies)|lab work"
    r"|blood (?:count|tests?|work)|\d+ sec|manometry|photograph|figure|hormone|troponin\w*|pupils"
    r"|lymphadenopathy|antibod\w*"
    r"|hospital day|day \d+ of|transferred|intubat\w+|ventilator|intensive care|nasogastric|intravenous"
    r"|infusion"
    r"|is spared|hepato\w+|empiric|pending|within normal|tests|oriented|speech is|transaminases|g/l|fl"
    r"|mol/l|cells"
    r"|shows|demonstrates?|which of the following|what is the|most likely|next step|is (?:started|given"
    r"|administered)"
    r"|are (?:started|given|administered)|is diagnosed|physician (?:explains|orders|suspects|recommends))\b"
    r"|\b\d+/min|\d+ ?°|:\s*\n",
    re.I,
)
_HISTORY = re.compile(
    r"\b(?:history|medications?|takes|drinks|smokes|smoked|denies|denied|reports|says|states|allerg\w+"
    r"|mother|father|sexual\w*"
    r"|travel\w*|ago|symptoms|currently|recently)\b",
    re.I,
)
"""Once the staff have begun to examine, only a sentence of the history is still the person's own."""
_ASKED = re.compile(r"\?\s*$")
_NO_COMPLAINT = re.compile(
    r"\b(?:follow-?up|routine|check-?up|well[- ]child|well[- ]baby|health maintenance|annual|periodic"
    r"|screening"
    r"|physical examination|pre-?employment|vaccination|immunization|counsel\w*|test results?"
    r"|prenatal visit)\b",
    re.I,
)
_OPENING = re.compile(
    r"^(?P<article>an?\s+)?(?P<before>(?:[\w,'-]+\s+){0,5}?)(?P<age>\d{1,3}|\w+)[- ](?P<unit>year|month"
    r"|week|day|hour)s?"
    r"[- ]old,?\s*(?P<middle>(?:[\w,'/()-]+\s+){0,6}?)"
    r"(?P<sex>man|woman|boy|girl|male|female|infant|newborn|neonate|child|baby|student|patient|gentleman"
    r"|lady|toddler)"
    r"(?P<rest>.*)$",
    re.I | re.S,
)
_VISIT = re.compile(
    r"(?P<link>,?\s*(?:who\s+)?)\b(?:(?:is|was) (?:being )?(?P<brought>brought|rushed|transported"
    r"|transferred)\b"
    r"|(?:is|was) (?:admitted|seen|referred|evaluated|hospitalized)\b|comes?\b|came\b|presents?\b"
    r"|presented\b|visits?\b"
    r"|visited\b|arrives?\b|consults?\b|goes\b|went\b|complain(?:s|ed)\b|reports?\b|seeks?\b|calls?\b"
    r"|returns?\b|walks? into\b)(?P<tail>.*)$",
    re.I | re.S,
)
_BECAUSE = re.compile(
    r"\b(?:because of|because|complaining of|complains? of|complained of|due to"
    r"|for (?:the )?evaluation of|with complaints? of"
    r"|with a complaint of|with a chief complaint of|with (?:an?|the)? ?(?:\S+ )?history of|with|for"
    r"|after|following|of"
    r"|about|concerned about|experiencing|reporting|having)\b\s+(?P<complaint>.+)$",
    re.I | re.S,
)
_BY_WHOM = re.compile(
    r"\b(?:by|from|accompanied by) (?:(?:his|her|the|an?|their|both|concerned|adoptive|foster) )*(?:\w+ )?"
    r"(?:mother|father|parents?|wife|husband|friends?|daughter|son|roommates?|police|ambulance|paramedics"
    r"|family|brother"
    r"|sister|grandmother|grandfather|neighbou?r|coworkers?|boyfriend|girlfriend|partner|caregiver"
    r"|emergency medical"
    r" services|ems)\b(?: and (?:father|mother|wife|husband))?",
    re.I,
)
_PLACE = re.compile(
    r"\bto (?:the |an? |his |her |your |their )?(?:local |urgent |outpatient |primary "
    r"|rural )?(?:emergency (?:department|room)|ed|er|"
    r"physician'?s? ?(?:office)?|doctor'?s?(?: office)?|clinic|hospital|office|urgent care|dermatologist"
    r"|pediatrician(?:'s office)?|primary care (?:physician|provider|clinic|doctor)|family (?:physician"
    r"|doctor)|gynecologist"
    r"|psychiatrist|neurologist|ophthalmologist)(?:'s)?(?: office| clinic| center)?\b",
    re.I,
)


class Vignette(NamedTuple):
    """A message and the case that it comes from; ``history`` is the text that a simulated patient may answer from."""

    id: str
    message: str
    history: str
    age_years: float
    sex: str


def read(name: str, data: Path = DATA) -> tuple[tuple[Vignette, ...], Counter[str]]:
    """The vignettes of a set that could be turned, and how many could not, by reason.

    Raises:
        FileNotFoundError: the set is not held under ``data``.
    """
    left_out: Counter[str] = Counter()
    made = []
    for case, story in _stories(name, data):
        found = message(case, story)
        if isinstance(found, Vignette):
            made.append(found)
        else:
            left_out[found] += 1
    return tuple(made), left_out


def _stories(name: str, data: Path) -> Iterator[tuple[str, str]]:
    if name == "agentclinic":
        with gzip.open(data / name / "agentclinic_medqa.jsonl.gz", "rt", encoding="utf-8") as lines:
            for n, line in enumerate(lines):
                yield f"agentclinic_{n}", _told(json.loads(line)["OSCE_Examination"]["Patient_Actor"])
        return
    with gzip.open(data / name / "craft_md_public.csv.gz", "rt", encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if row["dataset"] == "MedQA_USMLE":
                yield f"craft_md_{row['case_id']}", row["case_vignette"]


def _told(actor: dict[str, Any]) -> str:
    """The patient's part of an AgentClinic case as one story that begins with who it is."""
    symptoms = actor.get("Symptoms", {})
    main = str(symptoms.get("Primary_Symptom", "") if isinstance(symptoms, dict) else symptoms)
    others = symptoms.get("Secondary_Symptoms", ()) if isinstance(symptoms, dict) else ()
    more = f" The patient also has {', '.join(_flat(others)).lower()}." if others else ""
    past = " ".join(
        f"Earlier illnesses: {one}."
        for one in _flat(actor.get("Past_Medical_History", ()))
        if not re.match(r"(?:no|none|unremarkable|not)\b", one, re.I)
    )
    story = (
        f"A {str(actor.get('Demographics', '')).lower()} presents with {main[:1].lower()}{main[1:]}. "
        f"{actor.get('History', '')}{more} {past} {actor.get('Review_of_Systems', '')}"
    )
    return re.sub(
        r"(?<=\. )Patient\b|(?<=\. )(?=(?:Reports|Denies|States|Describes)\b)", "The patient ", story
    )


def _flat(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value.strip(" .")] if value.strip() else []
    if isinstance(value, dict):
        return [part for item in value.values() for part in _flat(item)]
    return [part for item in value for part in _flat(item)]


def message(case: str, story: str) -> Vignette | str:
    """What the person of a story would write, or why it cannot be turned."""
    parts = sentences(story.translate(str.maketrans("’‘", "''")))
    opened = _OPENING.match(parts[0].rstrip(".")) if parts else None
    if opened is None:
        return "no age or sex in the first sentence"
    years = _years(opened["age"], opened["unit"])
    if years is None:
        return "no age or sex in the first sentence"
    visit = _VISIT.search(opened["rest"])
    person = Person(years, _sex(opened["sex"], story), _somebody_else(years, visit, parts[0]))
    history = list(_own(parts[1:]))
    complaint = _complaint(visit, opened["rest"])
    if complaint and _NO_COMPLAINT.search(complaint):
        complaint = ""
    if not complaint and (not history or _NO_COMPLAINT.search(parts[0])):
        return "no complaint: a check-up, a result or a question of science"
    if complaint and _STAFF.search(complaint):
        return "the complaint is a finding of the staff"
    background = lay(
        f"{opened['before']} {opened['middle']} {_background(opened['rest'], visit)}".strip(" ,")
    )
    body = [told_by(person, part) for part in history]
    text = " ".join([person.opening(background), *([person.has(lay(complaint))] if complaint else ()), *body])
    text = re.sub(r"\s+([.,])", r"\1", re.sub(r"\s{2,}", " ", text)).strip()
    return Vignette(case, text, story, years, person.sex) if len(text) > 25 else "nothing left to say"


def _own(parts: Sequence[str]) -> Iterator[str]:
    """The sentences that the person could have said."""
    examined = False
    for part in parts:
        if _STAFF.search(part) or _ASKED.search(part):
            examined = True
        elif not examined or _HISTORY.search(part):
            yield part


def _years(number: str, unit: str) -> float | None:
    if not number.isdecimal():
        return None
    return int(number) / {"year": 1, "month": 12, "week": 52.18, "day": 365.25, "hour": 8766}[unit.lower()]


def _sex(word: str, story: str) -> str:
    if word.lower() in {"man", "boy", "male", "gentleman"}:
        return "male"
    if word.lower() in {"woman", "girl", "female", "lady"}:
        return "female"
    he, she = (
        len(re.findall(rf"\b(?:{words})\b", story, re.I))
        for words in ("he|his|boy|male", "she|her|girl|female")
    )
    return "female" if she > he else "male"


def _somebody_else(years: float, visit: re.Match[str] | None, first: str) -> bool:
    brought = visit is not None and visit["brought"] is not None
    return (
        years < CHILD_YEARS
        or brought
        or bool(re.search(r"\b(?:unconscious|unresponsive|found)\b", first, re.I))
    )


def _complaint(visit: re.Match[str] | None, rest: str) -> str:
    """What the person came for, from the first sentence; "" where it says nothing of it."""
    tail = rest if visit is None else visit["tail"]
    plain = re.sub(r"\s{2,}", " ", _PLACE.sub("", _BY_WHOM.sub("", tail)))
    direct = re.match(r"\s*(?:reports?|complains? of|that)\s+(.+)$", plain, re.I | re.S)
    found = _BECAUSE.search(plain)
    told = found["complaint"] if found else direct.group(1) if direct else ""
    if told.startswith("the first time"):
        return ""
    return re.sub(
        r"^(?:the\s+)?(?:complaints?|evaluation|management|symptoms?) of\s+",
        "",
        told.strip(" .,"),
        flags=re.I,
    )


def _background(rest: str, visit: re.Match[str] | None) -> str:
    """A condition named before the visit: "a woman with HIV infection comes to"."""
    if visit is None:
        return ""
    found = re.match(r",?\s*(?:with|who has|gravida|at)\b.*", rest[: visit.start()], re.I | re.S)
    return found.group().strip(" ,") if found and not _STAFF.search(found.group()) else ""


@cache
def turned(name: str, data: Path = DATA) -> tuple[Vignette, ...]:
    """The vignettes of a set that could be turned."""
    return read(name, data)[0]


def sample(data: Path = DATA) -> tuple[Vignette, ...]:
    """The sixty that are judged: thirty of each set, drawn with a fixed seed."""
    chosen: list[Vignette] = []
    for name in SETS:
        held = turned(name, data)
        chosen += random.Random(f"{SAMPLE_SEED} {name}").sample(held, min(SAMPLE_EACH, len(held)))
    return tuple(chosen)


def main(words: Sequence[str] | None = None) -> int:
    """Print how many could be turned; with ``--sample`` write the messages for the judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--sample", type=Path)
    given = parser.parse_args(words)
    for name in SETS:
        held, left_out = read(name, given.data)
        sys.stdout.write(f"{name}: {len(held)} turned; left out: {dict(left_out)}\n")
    if given.sample:
        lines = (json.dumps({"id": one.id, "message": one.message}) for one in sample(given.data))
        given.sample.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
