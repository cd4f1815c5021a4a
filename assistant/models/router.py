"""From a question to the next tool calls, by rules: the same input always gives the same calls."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.models.calculator_routes import calculator_calls, without_calculations
from assistant.models.drug_routes import drug_calls, label_calls
from assistant.models.evidence_routes import evidence_calls
from assistant.models.genetic_routes import VARIANT_KINDS, Call, genetic_calls
from assistant.models.picture_routes import PICTURES, about_picture, picture_calls
from assistant.models.record_routes import record_calls
from assistant.models.research_routes import research_calls, rest_of
from assistant.models.treatment_routes import drugs_beside, handover_asked, treatment_calls, without_options
from assistant.turn import Earlier, TurnInput
from genomics.mentions import MentionKind, find
from retrieval.evidence import Outcome, ToolResult
from tools.triage.facts import facts

QUERIES = 3
FRAMING = 50
"""Words of story that go along with a question."""

_SYSTEMATIC = VARIANT_KINDS - {MentionKind.LEGACY, MentionKind.PROTEIN}
_TRIAGE = re.compile(
    r"\b(?:triage|how urgent"
    r"|how soon(?!\b.*\b(?:given|giving|started?|starting|stop|stopped|stopping|repeated?|work|resumed?)\b)"
    r"|red flags?|needs? to be seen|send (?:him|her|them) (?:in|to)|emergency\?)",
    re.IGNORECASE,
)
"""How soon somebody must be seen; how soon a drug is given is a question to the literature."""
_FOLLOWS = re.compile(r"^\s*(?:and|what about|how about|also|same for)\b[\s,:]*", re.IGNORECASE)
_REFERS = re.compile(r"\b(?:it|that|this|they|those|these|same)\b", re.IGNORECASE)
_NOTHING_TO_LOOK_UP = frozenset(
    """a an the this that these it her his my their attached picture image photo photograph fundus scan vcf file result
    report variant variants mutation gene please interpret read look at classify check see what is what's does do we
    know about mean means anything something on in of for is are and or also too both pathogenic benign
    significance class
    """.split()
)
"""Words of a request that a file or a variant alone answers."""
_PATHOGENIC = re.compile(
    r"\bas (?:Likely )?pathogenic\b(?! in conflict)|\bpoints?: (?:Likely p|P)athogenic\b", re.IGNORECASE
)
"""The class in a finding of ``interpret_variant``, of others or of our own codes."""
_SIGN = (
    r"(?:benign|malignan\w+|cancer\w*|tumou?rs?|suspicious|pneumonia|(?:diabetic )?retinopathy|glaucoma\w*"
    r"|cataracts?)"
)
_OF_PICTURE = re.compile(
    rf"^\W*(?:and )?(?:(?:is|are) (?:this|it|that|these|they)|(?:could|might|can) (?:this|it|that|these|they) be)\b"
    rf"(?: [\w-]+){{0,4}} {_SIGN}(?:,? or (?:not|{_SIGN}))?\W*$"
    rf"|^\W*(?:and )?any (?:(?:signs?|evidence|hint) of )?(?:(?:early|mild|severe|proliferative|diabetic) )*"
    rf"{_SIGN}(?:,? or {_SIGN})*(?: here)?\W*$",
    re.IGNORECASE,
)
"""Asks for a sign by name beside an attached picture ("Any diabetic retinopathy?"): papers cannot answer that."""
_SENTENCES = re.compile(r"(?<=[?!;])\s+|(?<=[a-z)][.])\s+(?=[A-Z])|\n+")


def route(given: TurnInput, results: Sequence[ToolResult], made: Sequence[Call] = ()) -> tuple[Call, ...]:
    """The next calls, or none when there is enough to word an answer.

    The first round reads the files, the variants and the questions; the second looks up literature on what the first
    one found. A call that was made in this turn is never made again.
    """
    planned = _next(given, results) if made else _first(given)
    known = {(call.tool, str(sorted(call.inputs.items(), key=str))) for call in made}
    return tuple(
        call for call in planned if (call.tool, str(sorted(call.inputs.items(), key=str))) not in known
    )


def _first(given: TurnInput) -> tuple[Call, ...]:
    if handover_asked(given.question):
        return ()
    if labels := label_calls(given):
        return tuple(labels)
    if record := record_calls(given):
        return (*record, *drug_calls(given))
    if research := research_calls(given):
        rest = given.model_copy(update={"question": rest_of(given)})
        return (*research, *(_first(rest) if rest.question else ()))
    computed, options = calculator_calls(given), treatment_calls(given)
    drugs = drug_calls(given) or (drugs_beside(given) if options else [])
    calls = [
        *picture_calls(given),
        *(evidence_calls(given) or genetic_calls(given)),
        *options,
        *drugs,
        *computed,
        *_urgency(given),
    ]
    rest = given.model_copy(update={"question": without_calculations(given)}) if computed else given
    if options:
        rest = rest.model_copy(update={"question": without_options(rest)})
    for query in queries(rest, others=bool(calls)) if rest.question else ():
        calls.append(Call(tool="search_literature", inputs={"question": query}))
    return tuple(calls)


def _urgency(given: TurnInput) -> list[Call]:
    told = given.role == "patient" and any(
        seen.status == "present" for seen in facts(given.question).concepts
    )
    if not told and not _TRIAGE.search(given.question):
        return []
    earlier = [before.question for before in given.earlier] if given.role != "patient" and not told else []
    chart = given.told if given.role != "patient" else ()
    return [Call(tool="triage", inputs={"text": "\n".join((*chart, *earlier, given.question))})]


def queries(given: TurnInput, *, others: bool) -> tuple[str, ...]:
    """What to ask the literature: the question's sentences, without what other tools already answer.

    A follow-up ("and in heart failure?") is completed by the words of the question before it.
    """
    rest = by_gene(given.question)
    parts = [part.strip() for part in _SENTENCES.split(rest) if part.strip()]
    picture = any(file.kind in PICTURES for file in given.attachments) or bool(picture_calls(given))
    asked = [
        part
        for part in parts
        if not (
            _aside(part)
            or _TRIAGE.search(part)
            or (picture and (about_picture(part) or _OF_PICTURE.search(part)))
        )
    ]
    if given.earlier and len(parts) == 1 and _is_follow_up(given.question) and (asked or not picture):
        return (_completed(given.question, given.earlier[-1]),)
    if not asked:
        return () if others else (given.question,)
    questions = [part for part in asked if part.endswith("?")]
    framing = " ".join(part for part in asked if not part.endswith("?"))
    if not questions:
        return () if others and not _asks(framing) else (framing,)
    return tuple(_framed(question, framing) for question in questions[:QUERIES])


def _asks(text: str) -> bool:
    return bool(
        re.search(
            r"\b(?:evidence|should|does|do|can|which|how|why|find|search|literature|trial)\b", text, re.I
        )
    )


def _aside(part: str) -> bool:
    """Nothing is left to look up once the variants are taken out ("What is BRCA1 185delAG?")."""
    found = [mention for mention in find(part) if mention.kind in VARIANT_KINDS]
    for mention in sorted(found, key=lambda mention: -mention.start):
        part = part[: mention.start] + part[mention.end :]
    for mention in found:
        part = part.replace(mention.gene, "") if mention.gene else part
    return set(re.findall(r"[a-z0-9']+", part.lower())) <= _NOTHING_TO_LOOK_UP


def by_gene(text: str) -> str:
    """The text with each systematic variant name replaced by its gene: papers speak of genes and old names."""
    for mention in find(text):
        if mention.kind in _SYSTEMATIC:
            gene = mention.gene or ""
            text = text.replace(mention.text, "" if gene and gene in text.replace(mention.text, "") else gene)
    return " ".join(text.split())


def _framed(question: str, framing: str) -> str:
    """The question after what it leans on; a long story stays out, the search would drown in it."""
    return f"{framing} {question}" if framing and len(framing.split()) <= FRAMING else question


def _is_follow_up(question: str) -> bool:
    short = len(question.split()) <= 8
    return bool(_FOLLOWS.match(question)) or (short and bool(_REFERS.search(question)))


def _completed(question: str, before: Earlier) -> str:
    asked = before.queries[-1] if before.queries else before.question
    return f"{_FOLLOWS.sub('', question).rstrip('?')}: {asked}"


def _next(given: TurnInput, results: Sequence[ToolResult]) -> tuple[Call, ...]:
    """Where only a variant's name was asked and somebody calls it pathogenic: what is written about carriers.

    Beside a variant of uncertain or benign class the risks of carriers would mislead.
    """
    named = any(result.tool == "interpret_variant" and result.inputs.get("text") for result in results)
    if not named or len(results) > 1 or given.role == "patient":
        return ()
    genes = {
        name
        for result in results
        if result.outcome is Outcome.FOUND
        and any(_PATHOGENIC.search(one.statement) for one in result.findings)
        for finding in result.findings[:1]
        for name in finding.names[:1]
    }
    return tuple(
        Call(tool="search_literature", inputs={"question": f"{gene} variant carriers", "k": 2})
        for gene in sorted(genes)[:1]
    )
