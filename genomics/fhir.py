"""A report as FHIR R4 resources after HL7's Genomics Reporting guide (STU 3): one Bundle of type ``collection``.

Everything is ``preliminary``: research use, confirmed by nobody. Ids come from the content, so the same data give
the same bytes. Genes, drugs and conditions go as text, since we hold no HGNC, RxNorm or disease codes for them.
"""

from __future__ import annotations

import html
import json
import uuid
from collections.abc import Iterable
from typing import Any

from genomics.acmg.criteria import Criterion, Significance, Status
from genomics.builds import ACCESSIONS
from genomics.effect import Effect
from genomics.fhir_terms import (
    ABSENT,
    ASSEMBLIES,
    CLINVAR,
    COMPONENTS,
    DBSNP,
    GENETICS,
    GENOTYPE,
    GERMLINE,
    GUIDE,
    HGVS,
    LABORATORY,
    METABOLISERS,
    NUCCORE,
    ONE_BASED,
    PRESENT,
    REPORT,
    SEQUENCE_ONTOLOGY,
    SEQUENCE_TERMS,
    SIGNIFICANCES,
    STAR_CODES,
    STARS,
    STATES,
    VARIANT,
    concept,
    ours,
)
from genomics.lookups.rows import KnownClass
from genomics.pgx.words import GeneCall, Guidance
from genomics.report.notice import notice
from genomics.report.rows import Genome, Pharmacogenes, Report, VariantRow
from genomics.report.shown import shown
from genomics.report.worksheet import class_in_words, known_in_words
from genomics.variant import Variant

Resource = dict[str, Any]
NAMESPACE = uuid.UUID("5b0a1f0e-6b0c-5d0e-9a64-0d4a2b0f7c11")
"""Of our ids; any fixed one will do."""
RELATED = "http://hl7.org/fhir/StructureDefinition/workflow-relatedArtifact"


def bundle(report: Report, *, patient: str = "") -> Resource:
    """The report as one Bundle; ``patient`` is a reference such as "Patient/17", left out when empty.

    A variant without a genotype was asked about, not seen in anybody: its observation has no value and says
    "not performed".
    """
    results = list({one["id"]: one for one in _results(report, patient)}.values())
    head = _report(report, results, patient)
    entries = [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in (head, *results)]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def as_fhir_json(report: Report, *, patient: str = "") -> str:
    """:func:`bundle` as a JSON document."""
    return json.dumps(bundle(report, patient=patient), ensure_ascii=False, indent=2) + "\n"


def _results(report: Report, patient: str) -> Iterable[Resource]:
    subject = report.subject
    if isinstance(subject, Pharmacogenes):
        return _pharmacogenes(subject, patient)
    rows = (*subject.candidates, *(subject.secondary or ())) if isinstance(subject, Genome) else subject
    seen = (
        row for row in rows if isinstance(row, VariantRow)
    )  # whole annotated files have no FHIR form here
    return [resource for row in seen for resource in _variant(row, patient)]


def _report(report: Report, results: list[Resource], patient: str) -> Resource:
    body: Resource = {
        "resourceType": "DiagnosticReport",
        "meta": {"profile": [f"{GUIDE}/StructureDefinition/genomic-report"]},
        "status": "preliminary",
        "category": [{"coding": [GENETICS]}],
        "code": concept(REPORT),
        **_subject(patient),
        **({"effectiveDateTime": report.made} if report.made else {}),
        "result": [_reference(one) for one in results],
        "conclusion": f"{shown(report.title)}. {notice(report)}",
    }
    return _finished(body, f"{report.title}. {notice(report)}")


def _variant(row: VariantRow, patient: str) -> Iterable[Resource]:
    """The variant, what it does to its transcripts, and one implication for each class, others' and ours."""
    seen = _observed_variant(row, patient)
    yield seen
    for effect in row.effects:
        yield _consequence(effect, seen, row, patient)
    if row.known:
        yield _known(row.known, seen, row, patient)
    if row.assessment:
        yield _own(row, seen, patient)


def _observed_variant(row: VariantRow, patient: str) -> Resource:
    state = STATES.get(row.genotype.split(" ")[0].lower()) if row.genotype else None
    components = [_component("gene", concept(None, row.gene))] if row.gene else []
    components += _places(row.variant) if row.variant else []
    components += [_component("state", concept(state, row.genotype))] if row.genotype else []
    components += [_component("origin", concept(GERMLINE))] if row.genotype else []
    if row.known and row.known.accession:
        components.append(_component("accession", concept((row.known.accession, "ClinVar"), system=CLINVAR)))
    if row.rsid:
        components.append(_component("accession", concept((row.rsid, row.rsid), system=DBSNP)))
    components.append(_conclusion(row.title))
    body = _observation("variant", concept(VARIANT), patient)
    body |= (
        {"valueCodeableConcept": concept(PRESENT)}
        if row.genotype
        else {"dataAbsentReason": {"coding": [{"system": ABSENT, "code": "not-performed"}]}}
    )
    return _finished(body | {"component": components}, row.title)


def _places(variant: Variant) -> list[Resource]:
    """Assembly, sequence, alleles and place of a variant, in VCF form where both alleles are spelled."""
    sequence = ACCESSIONS[variant.build][variant.contig]
    parts = [
        _component("assembly", concept(ASSEMBLIES[variant.build])),
        _component("sequence", concept((sequence, sequence), system=NUCCORE)),
    ]
    short = variant.trimmed
    if variant.is_single_base:
        name = f"{sequence}:{'m' if variant.contig == 'MT' else 'g'}.{short.pos}{short.ref}>{short.alt}"
        parts.append(_component("g. name", concept((name, name), system=HGVS)))
    if variant.ref and variant.alt:
        place: Resource = {"low": {"value": variant.pos}}
        place |= {"high": {"value": variant.pos + len(variant.ref) - 1}} if len(variant.ref) > 1 else {}
        parts += [
            _component("reference", variant.ref),
            _component("alternative", variant.alt),
            {**_component("place"), "valueRange": place},
            _component("counting", concept(ONE_BASED)),
        ]
    return parts


def _consequence(effect: Effect, seen: Resource, row: VariantRow, patient: str) -> Resource:
    components = []
    if effect.transcript:
        accession = (effect.transcript, effect.transcript)
        components.append(_component("transcript", concept(accession, system=NUCCORE)))
    if effect.transcript and effect.c_name:
        name = f"{effect.transcript}:{effect.c_name}"
        components.append(_component("c. name", concept((name, name), system=HGVS)))
    for term in effect.terms:
        code = SEQUENCE_TERMS.get(term)
        value = concept((code, term) if code else None, term, SEQUENCE_ONTOLOGY)
        components.append({"code": ours("feature-consequence"), "valueCodeableConcept": value})
    told = f"{', '.join(effect.terms)} {effect.p_name}".strip()
    components.append(_conclusion(f"{told} ({effect.source}: {effect.told_by})"))
    body = _observation("molecular-consequence", ours("molecular-consequence"), patient, seen)
    return _finished(body | {"component": components}, f"{row.title}: {told}")


def _known(known: KnownClass, seen: Resource, row: VariantRow, patient: str) -> Resource:
    components = [_component("significance", _significance(known.significance))]
    stars = (STAR_CODES[known.stars], STAR_CODES[known.stars].replace("-", " "))
    components.append(_component("evidence level", concept(stars, known.review.value, STARS)))
    components += [_component("phenotype", concept(None, name)) for name in known.conditions]
    words = f"Class given by others: {known_in_words(known)}"
    body = _observation("diagnostic-implication", ours("diagnostic-implication"), patient, seen)
    body |= {"method": concept(None, "record of a variant database"), **_artifacts([known.source.link])}
    return _finished(body | {"component": [*components, _conclusion(words)]}, f"{row.title}: {words}")


def _own(row: VariantRow, seen: Resource, patient: str) -> Resource:
    assert row.assessment is not None
    verdict = row.assessment.verdict
    words = f"Class of the evidence codes: {class_in_words(verdict)}; rules of 2015: {verdict.by_rules_2015}"
    components = [_component("significance", concept(SIGNIFICANCES[verdict.by_points]))]
    components += [_code(one) for one in row.assessment.criteria]
    body = _observation("diagnostic-implication", ours("diagnostic-implication"), patient, seen)
    links = [one.source.link for criterion in row.assessment.criteria for one in criterion.evidence]
    body |= {"method": concept(None, f"ACMG/AMP evidence codes, computed; {row.assessment.rules}")}
    body |= _artifacts(links)
    return _finished(body | {"component": [*components, _conclusion(words)]}, f"{row.title}: {words}")


def _code(one: Criterion) -> Resource:
    """One evidence code as a component of our own, which the guide's open slicing allows."""
    code = concept(None, f"ACMG/AMP evidence code {one.code}")
    if one.status is Status.NOT_ASSESSED:
        reason = {"coding": [{"system": ABSENT, "code": "not-performed"}], "text": shown(one.rationale)}
        return {"code": code, "dataAbsentReason": reason}
    strength = f", {one.strength}" if one.strength else ""
    return {
        "code": code,
        "valueCodeableConcept": concept(None, shown(f"{one.status}{strength}: {one.rationale}")),
    }


def _pharmacogenes(subject: Pharmacogenes, patient: str) -> list[Resource]:
    genotypes = {call.gene: _genotype(call, patient) for call in subject.calls}
    results = list(genotypes.values())
    results += [
        _phenotype(call, genotypes[call.gene], patient) for call in subject.calls if _phenotypes(call)
    ]
    for row in subject.drugs:
        for given in row.guidance:
            genes = [gene for gene, _ in given.looked_up if gene in genotypes]
            if genes:
                results.append(_guided(given, [genotypes[gene] for gene in genes], patient))
    return results


def _genotype(call: GeneCall, patient: str) -> Resource:
    name = f"{call.gene} {' or '.join(one.name for one in call.diplotypes)}".strip()
    notes = [f"from {call.source}", f"tested for {call.tested}" if call.tested else ""]
    notes += [f"missing: {', '.join(call.missing_positions)}" if call.missing_positions else ""]
    notes += [f"only if {call.condition}, which the file does not show" if call.condition else ""]
    components = [_component("gene", concept(None, call.gene))]
    components.append(_conclusion("; ".join(note for note in (*notes, *call.warnings) if note)))
    body = _observation("genotype", concept(GENOTYPE), patient)
    body |= {"valueCodeableConcept": concept(None, name), "component": components}
    return _finished(body, name)


def _phenotypes(call: GeneCall) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.phenotype for one in call.diplotypes if one.phenotype))


def _phenotype(call: GeneCall, genotype: Resource, patient: str) -> Resource:
    """What the genotype means without a drug; those of a tie, or that rest on a condition, go as words alone."""
    names = _phenotypes(call)
    code = METABOLISERS.get(names[0].lower()) if len(names) == 1 and not call.condition else None
    open_ = f" if {call.condition}; not determined otherwise" if call.condition else ""
    value = concept(code, f"{' or '.join(names)}{open_}")
    body = _observation("therapeutic-implication", ours("therapeutic-implication"), patient, genotype)
    components = [{"code": ours("therapeutic-implication"), "valueCodeableConcept": value}]
    return _finished(body | {"component": components}, f"{call.gene}: {' or '.join(names)}{open_}")


def _guided(given: Guidance, genotypes: list[Resource], patient: str) -> Resource:
    population = f" ({given.population})" if given.population else ""
    rests = f"If {' and '.join(given.conditions)}: " if given.conditions else ""
    words = f"{rests}{given.source_name}{population}: {given.text}"
    components = [_component("medication", concept(None, given.drug))]
    components += [_component("evidence level", concept(None, given.strength))] if given.strength else []
    components.append(_conclusion(words))
    body = _observation("therapeutic-implication", ours("therapeutic-implication"), patient, *genotypes)
    links = [given.source.link, *(f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" for pmid in given.pmids)]
    return _finished(body | _artifacts(links) | {"component": components}, f"{given.drug}: {words}")


def _observation(profile: str, code: Resource, patient: str, *origins: Resource) -> Resource:
    derived = {"derivedFrom": [_reference(one) for one in origins]} if origins else {}
    return {
        "resourceType": "Observation",
        "meta": {"profile": [f"{GUIDE}/StructureDefinition/{profile}"]},
        "status": "preliminary",
        "category": [{"coding": [LABORATORY]}, {"coding": [GENETICS]}],
        "code": code,
        **_subject(patient),
        **derived,
    }


def _component(name: str, value: Resource | str | None = None) -> Resource:
    told: Resource = {"code": concept(COMPONENTS[name])}
    if isinstance(value, str):
        return {**told, "valueString": value}
    return told if value is None else {**told, "valueCodeableConcept": value}


def _conclusion(words: str) -> Resource:
    return {"code": ours("conclusion-string"), "valueString": shown(words)}


def _significance(words: str) -> Resource:
    code = next((SIGNIFICANCES[one] for one in Significance if one.lower() == words.lower()), None)
    return concept(code, words)


def _artifacts(links: Iterable[str | None]) -> Resource:
    held = tuple(dict.fromkeys(link for link in links if link))
    extensions = [
        {"url": RELATED, "valueRelatedArtifact": {"type": "justification", "url": link}} for link in held
    ]
    return {"extension": extensions} if extensions else {}


def _subject(patient: str) -> Resource:
    return {"subject": {"reference": patient}} if patient else {}


def _reference(resource: Resource) -> Resource:
    return {"reference": f"urn:uuid:{resource['id']}"}


def _finished(body: Resource, words: str) -> Resource:
    """With its id, made from the content, and the words that stand for it."""
    content = json.dumps(body, sort_keys=True, ensure_ascii=False)
    told = html.escape(shown(words), quote=False)
    narrative = {
        "status": "generated",
        "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{told}</p></div>',
    }
    kind = body["resourceType"]
    rest = {key: value for key, value in body.items() if key not in ("resourceType", "meta")}
    name = str(uuid.uuid5(NAMESPACE, content))
    return {"resourceType": kind, "id": name, "meta": body["meta"], "text": narrative, **rest}
