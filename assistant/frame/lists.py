"""Problems, drugs, allergies and genotypes that the words state, and whether somebody said that a list is complete."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from assistant.frame import noted
from assistant.verify.names import drug_names
from assistant.verify.names import drugs as generic_names
from genomics.mentions import MentionKind, find
from genomics.pgx import denied
from genomics.pgx.stated import statements
from retrieval.expand import vocabulary
from retrieval.patient import Known, Listed, Origin, OriginKind
from tools.treatment.load import knowledge

_ALLERGY = re.compile(r"\ballerg(?:ic to|y to|y:|ies:)\s*(?P<list>[^.?!;\n]{2,120})", re.I)
_NO_ALLERGY = re.compile(
    r"\bno (?:known )?(?:drug )?allerg(?:y|ies)\b|\bNK(?:D)?A\b|\ballergic to nothing\b"
    r"|\ballerg(?:y|ies)(?: list)?(?:: | is | are )?(?:none|nil|no)\b",
    re.I,
)
_TAKES = re.compile(
    r"(?:\b(?:takes?|taking|is on|on|with|uses?|using|prescribed|started|receiving)\b"
    r"|\b(?:drugs?(?: list| history)?"
    r"|(?:(?:current|regular|usual|home|present) )?(?:medications?|medicines?|meds|treatment|tablets)"
    r"|(?-i:DH|DHx|Rx|Meds)):)"
    r"(?P<list>(?:[^.?!;\n]|\.(?=\d)){2,240})",
    re.I,
)
_ASKED = re.compile(
    r"\b(?:can|could|should|would|does|is|are|do|which|what|how|why|versus|vs|or|better|compared|allergic|allergy)\b"
    r"|\basking (?:for|about)\b|\bwants?\b|\bneeds?\b",
    re.I,
)
# "58-year-old woman with diabetes", "72M with AF", "she has asthma": what follows is said of this person
_HAS = re.compile(
    r"\b(?:(?:man|woman|patient|boy|girl|male|female|lady|gentleman|\d{1,3}\s?[MF]|year[- ]old|yo"
    r"|my (?:mother|father|wife|husband))"
    r"(?:,? (?:with|who has|has|known to have|diagnosed with))|(?:she|he|they|i) (?:has|have|also has|also have|had)"
    r"|i've|history of|hx of|known (?:for|with)|diagnos[ei]s"
    r"|(?:(?:active |current )?problems?(?: list)?|diagnos[ei]s|(?:medical )?history|background|comorbidities"
    r"|(?-i:PMHx?|PMH)):)"
    r"(?<=[\w:'])(?!\w)(?P<list>[^.?!;\n]{2,240})",
    re.I,
)
_NO_PROBLEM = (
    "ejection fraction", "heart pumps", "blood pressure", "BP", "pressure pills", "pressure tablets", "high pressure",
    "blood pressure tablets", "blood pressure pills", "cholesterol", "LDL", "LDL-C", "triglycerides", "BMI",
    "uric acid", "bone density", "BMD", "intraocular pressure", "IOP", "gluten", "alcohol", "smear", "pap smear",
    "smear test", "epidural", "HRT", "MMR", "CPR", "resuscitation", "transplantation", "organ transplant", "fertility",
    "pregnant", "pregnancy", "gestation", "breastfeeding", "breast feeding", "breast-feeding", "lactation",
    "anaphylaxis",
)  # fmt: skip
"""Of the search vocabulary: what is measured, done or eaten, or has its own place in the frame."""
_SIGNS = (
    "weight loss", "losing weight", "wheezing", "snoring", "low mood", "feeling low", "anxious", "dizziness", "dizzy",
    "jaundice", "memory loss", "retinopathy", "foot ulcer", "peripheral neuropathy", "nerve pain", "neuropathic pain",
    "iron deficiency", "thrombocytopenia", "low platelets", "irregular pulse", "irregular heartbeat", "chest infection",
    "irregular heart rhythm", "slurred speech", "facial droop", "poor circulation", "seeing stars", "tarry stools",
    "heart block", "av block",
)  # fmt: skip
"""Of the search vocabulary: signs that may come of the disease that they stand beside there, and of another."""
_DENIED = re.compile(
    r"\b(?:no|not|never|without|denies|family history|possible|suspected|query|rule[sd]? out|at risk of)\b",
    re.I,
)
_MAY = re.compile(r"\b(?:can|could|should|would|may|might|if|instead of|stop|stopped|avoid|why not)\b", re.I)
_DOSE = re.compile(
    r"(?:\s+(?:gel|cream|eye drops|patch|inhaler|xr|er|sr|mr|xl))?"
    r"\s+\d+(?:\.\d+)?\s?(?:mg|mcg|µg|g)\b"
    r"(?:\s+(?:(?:once|twice|three times|four times)(?: a day| daily| a week| weekly)?|daily|a day"
    r"|per day|at night|nightly|bd|bid|tds|tid|od|qd|qid|(?:once |twice )?(?:a week|weekly|per week)|every week"
    r"|once (?:a|every) month))?",
    re.I,
)
_DOSE_BEHIND = re.compile(rf"(?:{_DOSE.pattern})$", re.I)
_REACTED = re.compile(
    r"\b(?:anaphylaxis|reaction|hypersensitivity|hives|urticaria|rash|angio-?o?edema|cough|intolerance)\s+"
    r"(?:to|with|after|from|on|under)\s+[\w/-]+|(?<![\w/-])[\w/-]{2,40}\s(?:allergy|anaphylaxis|hypersensitivity|intolerance)\b",
    re.I,
)
"""What a drug did; that it is taken now is not said."""
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9'’/-]*")
_LONGEST = 4
"""Words of the longest drug name that is looked for."""
_COMPLETE = {
    "drugs": re.compile(
        r"\bno other (?:drugs?|medic\w+|meds|tablets|pills)\b|\btakes? nothing else\b|\bon nothing else\b"
        r"|\b(?:drug|medication|medicine|meds?)s?(?: list)?(?: (?:is|are))? (?:complete|reconciled)\b"
        r"|\bno (?:regular )?(?:drugs|medic(?:ations?|ines?)|meds)\b",
        re.I,
    ),
    "problems": re.compile(
        r"\bno other (?:problems?|conditions?|diseases?|diagnos[ei]s|illness\w*|history|medical history)\b"
        r"|\b(?:problem|diagnosis) list(?: is)? (?:complete|reconciled)\b|\botherwise (?:healthy|well)\b"
        r"|\bno (?:past )?medical (?:history|problems?)\b|\bproblems(?: are)? complete\b",
        re.I,
    ),
    "allergies": re.compile(
        r"\bno other allerg\w+\b|\ballerg(?:y|ies)(?: list)?(?: (?:is|are))? (?:complete|reconciled)\b", re.I
    ),
}
_ALL_COMPLETE = re.compile(
    r"\b(?:all )?(?:the |these |three ){0,3}lists? (?:is|are) (?:all )?complete\b|\bnothing else to add\b"
    r"|\b(?:all )?lists? complete\b|\bchart (?:is )?(?:complete|reconciled)\b",
    re.I,
)


def drugs(text: str) -> Iterator[Known[str]]:
    """Drugs that the text says are taken, with dose and form where told; a drug that is only asked about is not."""
    whole, text = text, _REACTED.sub(lambda match: " " * len(match.group()), text)
    for match in _TAKES.finditer(text):
        origin = Origin(kind=OriginKind.WORDS, where=whole[match.start() : match.end()].strip())
        stated = _ASKED.split(match["list"])[0]
        before = re.split(r"[.?!;\n]", text[: match.start()])[-1]
        if _MAY.search(" ".join(before.split()[-4:])):
            continue  # "can she take ..."
        for said in _named(stated):
            yield Known[str](value=said, origin=origin)
    yield from _noted_drugs(whole)


def _noted_drugs(text: str) -> Iterator[Known[str]]:
    """Drugs alone between two commas of a note about one person; none of a sentence that asks, or tells an allergy."""
    for sentence in re.split(r"(?<=[.?!;\n])\s", text):
        head = sentence.partition(":")[0] if "?" in sentence else sentence
        if "?" in head or _ASKED.search(head) or _MAY.search(head) or not noted.PERSON.search(head):
            continue
        for part in noted.parts(head):
            bare = part.strip(" .")
            if " ".join(bare.lower().split()) in _named(bare):
                yield Known[str](value=" ".join(bare.lower().split()), origin=_said_in(bare))


def _said_in(words: str) -> Origin:
    return Origin(kind=OriginKind.WORDS, where=words)


def _named(stated: str) -> Iterator[str]:
    """Names of drugs, the longest first at each place, generic names and brands alike, in lower case."""
    words, skip = list(_WORD.finditer(stated)), 0
    for at, word in enumerate(words):
        if word.start() < skip:
            continue
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            end = words[at + length - 1].end()
            name = " ".join(stated[word.start() : end].lower().replace("’", "'").split())
            if name in _known_drugs() or set(name.split("/")) <= _known_drugs():
                dose = _DOSE.match(stated, end)
                skip = dose.end() if dose else end
                yield " ".join(stated[word.start() : skip].lower().split())
                break


def named_drugs(text: str) -> tuple[str, ...]:
    """The drugs that a text names, by their names and brands in lower case, without doses, in order, each once.

    A name that only its stem gives away (a new "-mab") counts as well.
    """
    found = [_DOSE_BEHIND.sub("", name) for name in _named(text)]
    found += [name for name in drug_names(text) if not any(name in known.split() for known in found)]
    return tuple(dict.fromkeys(found))


@cache
def _known_drugs() -> frozenset[str]:
    """Names and brands, without the few that are also plain English."""
    held = knowledge().drugs.values()
    named = {name.casefold() for one in held for name in (one.id.replace("_", " "), *one.names, *one.brands)}
    return (frozenset(generic_names()) | named) - _PLAIN_ENGLISH


_PLAIN_ENGLISH = frozenset(
    {"iron", "calcium", "potassium", "sodium", "zinc", "oxygen", "nicotine", "alcohol"}
)


def problems(text: str) -> Iterator[Known[str]]:
    """Conditions that the text says this person has; a condition that is only asked about is not."""
    for match in _HAS.finditer(text):
        stated = _ASKED.split(match["list"])[0]
        for part in re.split(r",| and | but ", stated):
            if not _DENIED.search(part):
                yield from (Known[str](value=name, origin=_words(match)) for name in _conditions(part))
    for part in noted.parts(text):
        for name in _conditions(noted.whole(part, _asked_conditions())):
            yield Known[str](value=name, origin=Origin(kind=OriginKind.WORDS, where=part))


def _conditions(part: str) -> Iterator[str]:
    """The vocabulary's concepts; then the words of each condition that the treatment rules ask and no concept is."""
    told = list(dict.fromkeys(_said(part)))
    yield from told
    for pattern in _asked_conditions():
        said = pattern.search(part)
        if said and not any(pattern.search(one) for one in told):
            told.append(said.group().lower())
            yield said.group().lower()


def _said(part: str) -> Iterator[str]:
    """Concepts of the search vocabulary, which knows neighbours too: a measurement is no disease, a sign stays one."""
    for one in vocabulary().mentions(part):
        if one.section == "conditions" and one.stems not in _own_words():
            yield one.concept
        elif one.section == "conditions" and _own_words()[one.stems]:
            yield _own_words()[one.stems]


@cache
def _own_words() -> dict[tuple[str, ...], str]:
    """What is said instead of the concept, by the stems of a phrase; empty where nothing is."""
    kept = {phrase: phrase for phrase in _SIGNS} | dict.fromkeys(_NO_PROBLEM, "")
    kept |= dict.fromkeys(("diabetes", "diabetic", "diabetics", "diabetes mellitus"), "diabetes")
    return {one.stems: said for phrase, said in kept.items() for one in vocabulary().mentions(phrase)}


@cache
def _asked_conditions() -> tuple[re.Pattern[str], ...]:
    """How problem lists write each condition; short forms only in capitals."""
    found = []
    for one in knowledge().conditions.values():
        long = [
            f"(?i:{re.escape(way)})" for way in sorted(one.says, key=lambda way: -len(way)) if len(way) > 3
        ]
        short = [re.escape(way.upper()) for way in one.says if len(way) <= 3]
        found.append(re.compile(rf"(?<![\w-])(?:{'|'.join([*long, *short])})s?(?!\w)"))
    return tuple(found)


def genotypes(text: str) -> Iterator[Known[str]]:
    """Star alleles with their gene, the status of an HLA allele where it is told, phenotypes and named variants."""
    told = dict(_statuses(text))
    for mention in find(text):
        if mention.kind is MentionKind.STAR:
            gene = mention.gene or ""
            value = mention.name if gene in mention.name else f"{gene} {mention.name}"
            yield Known[str](
                value=told.get(gene, value), origin=Origin(kind=OriginKind.WORDS, where=mention.text)
            )
    for found in _GENE_RESULT.finditer(text):
        value = " ".join(found.group().split())
        yield Known[str](value=value, origin=Origin(kind=OriginKind.WORDS, where=value))
    for found in _VKORC1.finditer(text):
        letters = "".join(sorted(re.sub(r"\W", "", found["letters"]), key="GACT".index))
        where = " ".join(found.group().split())
        yield Known[str](value=f"VKORC1 {letters}", origin=Origin(kind=OriginKind.WORDS, where=where))


def _statuses(text: str) -> Iterator[tuple[str, str]]:
    """HLA genes and what is said of their alleles; what neither states nor denies is left as it stands."""
    for sentence in _SENTENCES.split(text):
        for one in statements(sentence):
            if one.gene.startswith("HLA-"):
                try:
                    status = denied.hla_statuses(one.rest, denied=one.denied)
                except denied.Ambiguous:
                    continue
                if status:
                    yield one.gene, f"{one.gene} {status}"


_SENTENCES = re.compile(r"(?<=[.?!;])\s|\n")
_GENES = r"CYP2B6|CYP2C19|CYP2C9|CYP2D6|CYP3A5|DPYD|NUDT15|SLCO1B1|TPMT|UGT1A1"
_GENE_RESULT = re.compile(
    rf"\b(?:{_GENES})\s*(?::|=|is|an?|\s)?\s*"
    r"(?:(?:ultra-?rapid|rapid|normal|intermediate|poor|extensive)\s+metaboli[sz]ers?"
    r"|(?:normal|decreased|increased|poor) function"
    r"|c\.[\d+_-]+[ACGT]>[ACGT](?: \(\*?\w+\))?,? (?:hetero|homo)zyg\w+)\b",
    re.IGNORECASE,
)
"""A gene with what it makes of its carrier, or with a variant and its zygosity."""
_VKORC1 = re.compile(
    r"(?<!not )(?<!without )(?<!no )(?<!likely )(?<!possibly )"
    r"\b(?:VKORC1(?:[\s(:-]*(?:1639\s?(?:G\s?>\s?A)?|1173\s?C\s?>\s?T|rs9923231)\)?)?|rs9923231)"
    r"\s*(?::|=|is|genotype|\s)*\s*(?P<letters>(?-i:[AG]\s?/?\s?[AG]|[CT]\s?/?\s?[CT]))(?![\w/>])",
    re.IGNORECASE,
)
"""The one variant of VKORC1 by its two letters, of either strand: A is T of the other."""


def allergies(text: str, before: Listed) -> Listed:
    """The list with what the text adds: each allergy with its reaction, if one is told."""
    told = [*_allergies(text), *noted.allergies(text)]
    if _NO_ALLERGY.search(text) and not (before.items or told):
        return Listed(complete=True)
    return grown(before, told)


def _allergies(text: str) -> Iterator[Known[str]]:
    for match in _ALLERGY.finditer(text):
        stated = re.split(
            r"\b(?:and (?:takes?|has|is|on)|but|who|she|he|they|with a|takes?|can|could|is|should|on)\b",
            match["list"],
        )[0]
        for part in re.split(r",(?![^(]*\))| and (?![^(]*\))", stated):
            name = " ".join(part.split()).strip(" ,:-")
            if name and name.lower() not in _NOTHING:
                yield Known[str](value=name.lower(), origin=_words(match))


_NOTHING = frozenset({"nothing", "none", "nil", "no", "anything", "unknown"})


def complete(text: str) -> frozenset[str]:
    """The lists of which the text says that nothing else belongs to them."""
    told = " ".join(part for part in re.split(r"(?<=[.?!;\n])", text) if not part.rstrip().endswith("?"))
    if _ALL_COMPLETE.search(told):
        return frozenset(_COMPLETE)
    return frozenset(name for name, pattern in _COMPLETE.items() if pattern.search(told))


def grown(before: Listed, more: Iterable[Known[str]]) -> Listed:
    """The list with what is new; the first origin of an entry stays, a dose that is told later is added."""
    items = {item.value: item for item in before.items}
    for item in more:
        shorter = next((value for value in items if item.value.startswith(f"{value} ")), None)
        if shorter is not None:
            items = {item.value if value == shorter else value: old for value, old in items.items()}
            items[item.value] = item
        elif not any(value.startswith(f"{item.value} ") for value in items):
            items.setdefault(item.value, item)
    return before.model_copy(update={"items": tuple(items.values())})


def _words(match: re.Match[str]) -> Origin:
    return Origin(kind=OriginKind.WORDS, where=match.group().strip())
