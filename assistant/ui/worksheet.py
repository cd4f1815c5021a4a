"""The ACMG worksheet of a variant as a clinician edits it. Pure: state in, state and HTML out.

What the tool computed stays as it was; an edit lies over it, is marked as the clinician's own, and changes only
this tab: no answer, record or other patient. The class that others gave stands beside and is never added in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant.answer import Answer
from assistant.ui.plain import plain
from assistant.ui.wording import badge
from genomics.acmg.code_words import CODE_WORDS
from genomics.acmg.combine import classify, if_confirmed, reconcile
from genomics.acmg.criteria import CODES, POINTS, Criterion, Status, Strength, is_pathogenic
from genomics.report.worksheet import CLASSES_OF, CODES_OF, class_in_words, criteria_of, points_in_words
from retrieval.evidence import Table

ELSEWHERE = (
    "Options",
    "Excluded and not meant",
    "What would change it",
    "What each value",
    "Drugs as they were read",
    "Pairs:",
    "Simulated exposure",
)
"""Tables that the tabs of options and drugs show."""
NOT_COUNTED = "none"
YOU = "you"
"""Who confirmed an edited code."""


@dataclass(frozen=True)
class Sheet:
    """One variant's codes as computed, and what the clinician set instead."""

    variant: str
    computed: tuple[Criterion, ...]
    evidence: Mapping[str, str]
    """Words of the evidence by code."""
    classes: tuple[tuple[str, str], ...] = ()
    """What others say of the class, thresholds and gaps, as the tool told them."""
    edits: Mapping[str, Strength | None] = field(default_factory=dict)
    """By code; None: it shall not count."""

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """The codes with the edits, after the rules on codes that may not stand together."""
        return reconcile(self._set(one) for one in self.computed)

    def edit(self, code: str, strength: Strength | None) -> Sheet:
        """The sheet with one code set; setting what was computed takes the edit back.

        Raises:
            ValueError: there is no such code, or it cannot have that strength.
        """
        if strength is not None and strength not in strengths(code):
            raise ValueError(f"{code} cannot be {strength}")
        kept = {name: value for name, value in self.edits.items() if name != code}
        one = next(one for one in self.computed if one.code == code)
        same = strength is (one.strength if one.counts else None)
        return replace(self, edits=kept if same else {**kept, code: strength})

    def _set(self, one: Criterion) -> Criterion:
        if one.code not in self.edits:
            return one
        strength = self.edits[one.code]
        if strength is None:
            told = f"Set aside by you. Before: {one.rationale}"
            return Criterion(code=one.code, status=Status.NOT_MET, rationale=told, confirmed_by=YOU)
        told = f"Set by you. Before ({one.status}): {one.rationale}"
        return Criterion(
            code=one.code, status=Status.CONFIRMED, strength=strength, rationale=told, confirmed_by=YOU
        )


@dataclass(frozen=True)
class Sheets:
    """The worksheets of one browser tab, and which of them is open."""

    held: tuple[Sheet, ...] = ()
    place: int = 0

    @property
    def open(self) -> Sheet | None:
        return self.held[self.place] if self.held else None

    def put(self, sheet: Sheet) -> Sheets:
        """With ``sheet`` in the place of the open one."""
        return replace(self, held=(*self.held[: self.place], sheet, *self.held[self.place + 1 :]))

    def after(self, answer: Answer | None) -> Sheets:
        """What the tab holds after an answer: its sheets, else the ones before; edits to the same codes stay.

        None is a new patient: nothing stays.
        """
        new = sheets_of(answer.tables) if answer else ()
        if answer is None or not new:
            return Sheets() if answer is None else self
        before = {(sheet.variant, sheet.computed): sheet.edits for sheet in self.held}
        held = tuple(replace(one, edits=before.get((one.variant, one.computed), {})) for one in new)
        named = self.open.variant if self.open else ""
        place = next((number for number, one in enumerate(held) if one.variant == named), 0)
        return Sheets(held=held, place=place)


def sheets_of(tables: Sequence[Table]) -> tuple[Sheet, ...]:
    """A sheet for each table of evidence codes; other tables are left alone."""
    classes = {
        table.title.removeprefix(CLASSES_OF): tuple((row[0], row[1]) for row in table.rows)
        for table in tables
        if table.title.startswith(CLASSES_OF) and len(table.columns) == 2
    }
    sheets = []
    for table in tables:
        criteria = criteria_of(table)
        if criteria is None:
            continue
        variant = table.title.removeprefix(CODES_OF)
        evidence = {row[0]: row[5] for row in table.rows}
        sheets.append(Sheet(variant, criteria, evidence, classes.get(variant, ())))
    return tuple(sheets)


def other_tables(tables: Sequence[Table]) -> tuple[Table, ...]:
    """The tables that no tab of their own shows."""
    tables = [one for one in tables if not one.title.startswith(ELSEWHERE)]
    shown = {sheet.variant for sheet in sheets_of(tables)}
    return tuple(
        table
        for table in tables
        if criteria_of(table) is None and table.title.removeprefix(CLASSES_OF) not in shown
    )


def strengths(code: str) -> tuple[Strength, ...]:
    """The strengths that a clinician may give a code: that of 2015, and those that came later, weakest first.

    Raises:
        ValueError: there is no such code.
    """
    if code not in CODES:
        raise ValueError(f"{code} is no code in use")
    usual = {CODES[code], *CODE_WORDS[code].allowed}
    return tuple(strength for strength in POINTS if strength in usual)


def choices(code: str) -> list[tuple[str, str]]:
    """Words and values of a code's dropdown."""
    sign = 1 if is_pathogenic(code) else -1
    named = [(_choice(strength, sign), strength.value) for strength in strengths(code)]
    return [("not counted", NOT_COUNTED), *named]


def chosen(sheet: Sheet, code: str) -> str:
    """The value of a code's dropdown: what was set by the clinician, else what was computed."""
    one = next(one for one in sheet.computed if one.code == code)
    strength = sheet.edits.get(code, one.strength if one.counts else None)
    return strength.value if strength else NOT_COUNTED


def row(sheet: Sheet, one: Criterion) -> str:
    """One code: what it means, what became of it, why, and its evidence on demand."""
    edited = badge("set by you", "mark") if one.code in sheet.edits else ""
    points = f'<span class="points">{_points(one)}</span>'
    words = sheet.evidence.get(one.code, "") if one.code not in sheet.edits else ""
    evidence = f"<details><summary>Evidence</summary>{plain(words)}</details>" if words else ""
    brings = f"<br>To get it: <code>{plain(one.command)}</code>" if one.command else ""
    return (
        f'<div class="code {_tint(one)}"><b>{one.code}</b> {_status(one)} {edited} {points}'
        f'<span class="means">{plain(CODE_WORDS[one.code].rule)}</span>'
        f'<span class="reason">{plain(one.rationale)}{brings}</span>{evidence}</div>'
    )


def total(sheet: Sheet) -> str:
    """The class of the codes as they stand now, in two lines that stay in sight."""
    verdict = classify(sheet.criteria)
    edits = len(sheet.edits)
    own = badge(f"{edits} set by you", "mark") if edits else badge("as computed", "")
    conflict = badge("conflict: strong evidence on both sides", "mark-grave") if verdict.conflict else ""
    return (
        f'<div class="total" role="status"><span class="variant">{plain(sheet.variant)}</span>'
        f"<b>{verdict.by_points}</b> {points_in_words(verdict.points)} {own} {conflict}"
        f'<span class="rules">By the rules of 2015: {verdict.by_rules_2015}</span></div>'
    )


def beside(sheet: Sheet) -> str:
    """What stands below the codes: guards, the class if the proposals hold, and what others say."""
    criteria = sheet.criteria
    verdict, confirmed = classify(criteria), if_confirmed(criteria)
    lines = [("Changed the plain sum", guard) for guard in verdict.guards]
    if confirmed:
        lines.append(("If the proposed codes are confirmed", class_in_words(confirmed)))
    own = ("Class of the codes", "Rules of 2015", "If the proposed codes are confirmed")
    lines += [(name, words) for name, words in sheet.classes if name not in own]
    entries = "".join(f"<dt>{plain(name)}</dt><dd>{plain(words)}</dd>" for name, words in lines)
    return (
        f'<dl class="facts classes">{entries}</dl><p class="src">Points: PMID 32720330. Rules of 2015: '
        "PMID 25741868. The class given by others is shown beside and never added in. Your settings stay in this "
        "browser tab and are forgotten with the patient. Research use: confirm in an accredited laboratory.</p>"
    )


def _choice(strength: Strength, sign: int) -> str:
    points = POINTS[strength] * sign
    return f"{strength} {points:+d}" if points else strength.value


def _points(one: Criterion) -> str:
    if one.status is Status.PROPOSED:
        return f"{one.points:+d} if confirmed" if one.points else "stands alone if confirmed"
    if not one.counts:
        return ""
    return f"{one.points:+d}" if one.points else "stands alone"


def _status(one: Criterion) -> str:
    words = f"{one.status}, {one.strength}" if one.strength else one.status.value
    return badge(words, f"st-{one.status.value.replace(' ', '-')}")


def _tint(one: Criterion) -> str:
    if not one.counts:
        return "aside"
    return "towards" if is_pathogenic(one.code) else "against"
