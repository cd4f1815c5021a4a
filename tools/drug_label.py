"""The tool that quotes the US label of a drug."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated, Any

from pydantic import Field

from retrieval.evidence import (
    Finding,
    ToolResult,
    bad_input,
    found,
    needs_input,
    not_covered,
    not_found,
    unavailable,
)
from tools.labels import held, quoting
from tools.labels.choosing import Chosen, choose
from tools.labels.index import Label, Labels
from tools.labels.search import Hit, search
from tools.labels.sections import FOR_PATIENTS, SECTIONS, named, spoken_of, title
from tools.registry import Context, tool

MOST = 5
MORE_FOR_PATIENTS = 20
NO_DOSES = "This chat tells patients no doses from a label: ask your pharmacist or doctor."
FOR_PATIENT = "Only warnings, side effects and what to tell are quoted to patients."
SILENCE = "That a label is silent does not mean that it cannot happen."
ASK_OTHER = "The package leaflet, your pharmacist or doctor can tell more."


@tool(title="Drug label", roles=("clinician", "patient"))
def drug_label(
    drug: Annotated[str, Field(min_length=1, max_length=200)],
    question: Annotated[str, Field(max_length=500)] | None = None,
    section: Annotated[str, Field(max_length=60)] | None = None,
    *,
    context: Context,
) -> ToolResult:
    """Quote what the US label of one drug says: up to 5 passages for a question in words, or of a section.

    section e.g. "boxed warning", "contraindications", "drug interactions", "pregnancy".
    """
    if not (question or section):
        return needs_input("What should the label say?", "a question or a section")
    within = named(section) if section else frozenset(SECTIONS)
    if not within:
        return bad_input(f"No section “{section}”. The sections are: {', '.join(map(title, SECTIONS))}.")
    if context.role == "patient" and not _allowed(within, question or ""):
        return not_covered(f"{NO_DOSES} {FOR_PATIENT}")
    shelf = held.labels()
    if isinstance(shelf, held.Missing):
        return unavailable(shelf.reason, shelf.command)
    chosen = choose(drug, shelf)
    if chosen.label is None:
        return _without(drug, chosen, shelf)
    note = _note(chosen.label, chosen.others)
    return _quoted(shelf, chosen.label, note, question or "", within, context.role)


def _allowed(within: Collection[str], question: str) -> bool:
    """True unless a patient asks for a section, or about a thing, that is kept for clinicians."""
    asked = spoken_of(question)
    return bool(FOR_PATIENTS.intersection(within)) and "dosage_and_administration" not in asked


def _without(drug: str, chosen: Chosen, shelf: Labels) -> ToolResult:
    more = _more(shelf)
    if chosen.ask:
        return needs_input(f"“{drug}” is not certain.", f"{drug}: {' or '.join(chosen.ask[:5])}?", **more)
    if chosen.combined:
        return not_covered(
            f"No label of {drug} alone in the pack ({shelf.version}); it holds {', '.join(chosen.combined)}.",
            **more,
        )
    return not_covered(f"No label of {drug} in the pack ({shelf.version}).", **more)


def _more(shelf: Labels) -> dict[str, Any]:
    return {"versions": {held.PACK: shelf.version}}


def _quoted(
    shelf: Labels, label: Label, note: str, question: str, within: frozenset[str], role: str
) -> ToolResult:
    more = {**_more(shelf), "searched": (quoting.source(label),)}
    if role == "patient":
        within &= FOR_PATIENTS
        told = _for_patient(label, _hits(shelf, label, question, within, MORE_FOR_PATIENTS), question)
    else:
        told = _told(label, _hits(shelf, label, question, within, MOST), question)
    if told:
        held.served(shelf, label)
        return found(*told, note=note, **more)
    searched = f"Searched the label of {label.name}, {label.dated}"
    if role == "patient":
        return not_covered(f"{searched}: nothing on this is quoted here. {FOR_PATIENT} {ASK_OTHER}", **more)
    kept = within.intersection(shelf.sections(label))
    if not kept:
        return not_covered(f"{searched}: openFDA's copy has no such section.", **more)
    return not_found(f"{searched}, {len(kept)} sections: no passage on this. {SILENCE}", **more)


def _hits(shelf: Labels, label: Label, question: str, within: Collection[str], k: int) -> Sequence[Hit]:
    """The best passages of a question; without one, the beginning of the section."""
    passages = held.passages(shelf, label)
    if question.strip():
        return search(question, passages, besides=quoting.names_of(label), within=within, k=k)
    return [Hit(one, 0.0, 1.0) for one in passages if one.section in within][:k]


def _told(label: Label, hits: Sequence[Hit], question: str) -> list[Finding]:
    return [quoting.finding(label, hit.passage, question, round(hit.coverage, 3)) for hit in hits]


def _for_patient(label: Label, hits: Sequence[Hit], question: str) -> list[Finding]:
    about = _without_names(question, label)
    made = (quoting.for_patient(label, hit.passage, about, round(hit.coverage, 3)) for hit in hits)
    return list({one.statement: one for one in made if one is not None}.values())[:MOST]


def _without_names(question: str, label: Label) -> str:
    """The question without the names of the drug: a sentence must share more than these with it."""
    names = {word for name in quoting.names_of(label) for word in name.casefold().split()}
    return " ".join(word for word in question.split() if word.casefold().strip("?.,!;:") not in names)


def _note(label: Label, others: int) -> str:
    told = f"Quoted from the label of {label.name}, version of {label.dated}, set id {label.set_id}."
    more = f" Of {others + 1} labels of these ingredients the newest that fits." if others else ""
    return f"{told}{more} A label is not written for one patient."
