"""A double of the assistant: canned events, no model, no index.

``python scripted.py PORT FOLDER PAUSE`` serves the pages with it.
"""

from __future__ import annotations

import io
import logging
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant import frame
from assistant.answer import (
    Answer,
    Asked,
    Attachment,
    Banner,
    CallRecord,
    Choice,
    Claim,
    NotShown,
    Role,
    Unanswered,
)
from assistant.events import (
    Answered,
    CallEnded,
    CallStarted,
    Checked,
    Drafting,
    Event,
    Failed,
    FrameChanged,
    Gated,
)
from assistant.sessions import Session, Sessions
from assistant.settings import Service, Settings
from assistant.tickets import Tickets
from genomics.acmg.combine import classify, if_confirmed
from genomics.acmg.criteria import CODES, Assessment, Criterion, Status, Strength
from genomics.report.worksheet import classes_of, table_of
from retrieval.evidence import Action, Artifact, Depth, Evidence, Kind, Outcome, Source, Table, ToolResult
from retrieval.patient import Known, Listed, Origin, OriginKind, Patient
from tools.registry import Context, call
from tools.triage.levels import Level

ATTACK = (
    '<img src=x onerror="document.title=1"><script>alert(1)</script> [click](javascript:alert(1)) '
    "![p](http://evil.example/p.png) https://evil.example www.evil.example **bold** `code` $$x^2$$ | a | b |"
)
PARTS = {"loop": True, "library": True}
_OTHERS = (Choice(id="none", label="None of these"), Choice(id="unknown", label="I don't know"))
SEVERAL = Asked(
    id="throat", text="Do you have any of these?", kind="choose", several=True,
    options=(Choice(id="fever", label="Fever"), Choice(id="stiff_neck", label="A stiff neck"), *_OTHERS),
)  # fmt: skip
ONE = Asked(
    id="worse", text="Is it getting worse?", kind="yes_no",
    options=(Choice(id="yes", label="Yes"), Choice(id="no", label="No"), _OTHERS[1]),
)  # fmt: skip


def source(number: int, depth: Depth, **more: object) -> Source:
    given = {"title": f"Made-up source {number}", "version": "2026-01-15", "licence": "CC BY 4.0"} | more
    return Source(id=f"card:{number}", depth=depth, **given)


def claim(number: int, text: str, depth: Depth, kind: Kind, **more: object) -> Claim:
    extra = dict(more)
    kept = {key: extra.pop(key) for key in ("title", "marks", "pmid", "doi") if key in extra}
    quote = str(extra.pop("quote", f"The exact words of source {number}."))
    evidence = Evidence(source=source(number, depth, **kept), quote=quote, locator="Results")
    name = f"t1c1e{number}"
    return Claim(id=f"c{number}", text=text, evidence=(evidence,), evidence_ids=(name,), kind=kind, **extra)


def claims() -> tuple[Claim, ...]:
    return (
        claim(1, "Ibuprofen with warfarin: choose something else; a bleed is more likely.", Depth.GUIDELINE,
              Kind.GUIDELINE, action=Action.AVOID, certainty="strong", marks=("draft",), tool="check_drugs"),
        claim(2, "CYP2C9 *1/*3 is an intermediate metaboliser.", Depth.RECORD, Kind.COMPUTED,
              certainty="A", tool="pgx_guidance", pmid="32189324"),
        claim(3, "A trial report lists more bleeds with both drugs.", Depth.ABSTRACT, Kind.LITERATURE,
              tool="search_literature", marks=("retracted",), doi="10.1000/made-up"),
        claim(4, "The record says: warfarin.", Depth.CHART, Kind.CHART, tool="frame"),
        claim(5, f"A hostile paper says {ATTACK}", Depth.FULL_TEXT, Kind.LITERATURE, quote=ATTACK, title=ATTACK),
    )  # fmt: skip


def answer(session: str, question: str, patient: Patient, **more: object) -> Answer:
    given = {
        "claims": claims(),
        "not_answered": (
            Unanswered(tool="read_image", outcome=Outcome.UNAVAILABLE, reason="No picture model is held.",
                       command="consilium packs pull eyes"),
            Unanswered(tool="treatment_options", outcome=Outcome.NEEDS_INPUT,
                       reason="The kidney function is missing.", missing=("eGFR",)),
        ),
        "not_shown": (NotShown(text="It is safe for a few days.", verdict="unfounded", reason="“safe”: no quote"),),
        "would_change": ("An earlier ulcer: change would become avoid.", "eGFR below 30: the order of the options."),
        "calls": (
            CallRecord(id="t1c1", tool="check_drugs", outcome=Outcome.FOUND, sources=("Made-up rules 2026-01",)),
            CallRecord(id="t1c2", tool="read_image", outcome=Outcome.UNAVAILABLE, note="No picture model is held."),
        ),
    }  # fmt: skip
    base = {"id": "a1", "session": session, "turn": 1, "question": question}
    return Answer(**base, patient=patient, **({"role": Role.CLINICIAN} | given | more))


def banner() -> Banner:
    return Banner(
        level=Level.EMERGENCY,
        rule="chest-1",
        text="Chest pain with a heavy arm can be a heart attack.",
        source="Made-up guideline, section 1.2 (draft)",
        words="chest hurts and my arm feels heavy",
    )


def picture(shade: int, title: str) -> Artifact:
    import base64

    from PIL import Image, PngImagePlugin

    marks = PngImagePlugin.PngInfo()
    marks.add_text("Patient", "SECRET-NAME")
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, shade, 90)).save(out, format="PNG", pnginfo=marks)
    data = base64.b64encode(out.getvalue())
    return Artifact(title=title, media_type="image/png", data=data, alt=f"A plain square of shade {shade}.")


TABLE = Table(title="Measurements", columns=("What", "Value"), rows=(("cup to disc", "0.41"), (ATTACK, "1")))


def assessed(*met: tuple[str, Strength]) -> Assessment:
    """Codes met with their strengths; PS3 is proposed, PM2 lacks its data, the others are not met."""
    strengths = dict(met)
    criteria = []
    for code in CODES:
        if code in strengths:
            working = source(7, Depth.COMPUTATION, title="Made-up working")
            held = (Evidence(source=working, quote=f"how {code} was reached"),)
            reason = f"{code} was reached by a made-up rule."
            one = Criterion(
                code=code, status=Status.MET, strength=strengths[code], rationale=reason, evidence=held
            )
        elif code == "PS3":
            reason = "A made-up paper measured less activity."
            one = Criterion(code=code, status=Status.PROPOSED, strength=Strength.SUPPORTING, rationale=reason)
        elif code == "PM2":
            reason = f"No frequency data are held. {ATTACK}"
            command = "consilium packs pull gnomad-panel"
            one = Criterion(code=code, status=Status.NOT_ASSESSED, rationale=reason, command=command)
        else:
            one = Criterion(code=code, status=Status.NOT_MET, rationale="It does not apply.")
        criteria.append(one)
    return Assessment(
        criteria=tuple(criteria),
        verdict=classify(criteria),
        if_confirmed=if_confirmed(criteria),
        rules="made-up thresholds, version 1",
        gaps=("PM2: no frequency data are held.",),
    )


def worksheets(question: str) -> tuple[Table, ...]:
    """Two variants with their codes, and a table of star alleles."""
    first = assessed(("PVS1", Strength.VERY_STRONG))
    second = assessed(("BS1", Strength.STRONG), ("BP4", Strength.SUPPORTING))
    given = ("Pathogenic: reviewed by expert panel (3 stars); made-up register",)
    calls = Table(
        title="Star alleles",
        columns=("Gene", "Diplotype", "Phenotype", "Source", "Missing positions"),
        rows=(
            ("CYP2C19", "*2/*17", "Intermediate Metabolizer", "VCF", "rs3758581, rs17885098, rs6413438"),
            ("DPYD", "c.1905+1G>A (heterozygous)", "Intermediate Metabolizer", "VCF", ""),
        ),
    )
    sheets = (
        table_of("BRCA1 c.68_69del", first),
        classes_of("BRCA1 c.68_69del", first, given, agreement="same"),
    )
    if "both" not in question:
        return (*sheets, calls)
    return (*sheets, table_of("CFTR c.1210-11T>G <b>", second), calls)


class ScriptedDesk:
    """Answers by words in the question: "chest" an emergency, "slow" takes its time, "boom" fails."""

    def __init__(self, settings: Settings, pause: float = 0.0) -> None:
        self.sessions = Sessions(settings.data_dir, settings.limits)
        self.ready = PARTS
        self.pause = pause
        self.warmed = False
        self.tickets = Tickets()
        self.decided: list[tuple[str, str, str]] = []
        self.heard: list[str] = []

    def warm(self) -> None:
        self.warmed = True

    def privacy_line(self) -> str:
        return "Worded by rules, on this computer. Nothing leaves it."

    def open(self, role: Role, country: str = "") -> str:
        return self.sessions.open(role, country).id

    def attach(self, session: str, name: str, data: bytes) -> Attachment:
        return self.sessions.attach(session, name, data)

    def patient(self, session: str) -> Patient:
        return self.sessions.get(session).patient

    def edit(self, session: str, field: str, value: str) -> Patient:
        kept = self.sessions.get(session)
        kept.patient = frame.edit(kept.patient, field, value)
        return kept.patient

    def sweep(self) -> int:
        return len(self.sessions.sweep(datetime.now(UTC)))

    def forget(self, session: str) -> None:
        self.sessions.forget(session)

    def picture(self, session: str, key: str) -> Artifact:
        return self.sessions.get(session).pictures[key]

    def sheet(self, session: str, name: str) -> bytes:
        return b"sheet"

    def call(self, session: str, tool: str, inputs: Mapping[str, Any]) -> ToolResult:
        return call(tool, inputs, Context(patient=self.sessions.get(session).patient))

    def last(self, session: str, tool: str) -> ToolResult | None:
        return None

    def decide(self, session: str, card: str, outcome: str, reason: str = "") -> None:
        self.decided.append((card, outcome, reason))

    def move(self, session: str, country: str) -> Answer | None:
        kept = self.sessions.get(session)
        kept.country = country
        return kept.turns[-1].answer if kept.turns else None

    def summary(self, session: str) -> str:
        return "A made-up summary."

    def stream(self, session: str, question: str, chosen: Sequence[str] = ()) -> Iterator[Event]:
        self.heard.append(question or ", ".join(chosen))
        kept = self.sessions.get(session)
        if kept.role is Role.PATIENT:
            yield from self._patient_turn(session, question, tuple(chosen))
            return
        yield Gated(level=None)
        yield from self._noted(kept, question)
        yield CallStarted(id="t1c1", tool="check_drugs")
        time.sleep(4 if "slow" in question else self.pause)
        if "boom" in question:
            yield Failed(reason="A part broke.", trace="log-17")
            return
        if question == "bug":
            raise RuntimeError("a bug in the assistant")
        yield CallEnded(id="t1c1", tool="check_drugs", outcome=Outcome.FOUND, seconds=0.21)
        yield CallStarted(id="t1c2", tool="read_image")
        yield CallEnded(
            id="t1c2", tool="read_image", outcome=Outcome.UNAVAILABLE, seconds=0.0, note="No model held."
        )
        yield Drafting(model="rules")
        yield Checked(supported=5, corrected=0, dropped=1)
        shown: dict[str, object] = {}
        if kept.attachments:
            kept.pictures.update(original=picture(40, "Original"), overlay=picture(160, "Overlay"))
            shown = {"pictures": ("original", "overlay"), "tables": (TABLE,)}
        if "variant" in question:
            shown = {"tables": worksheets(question)}
        yield Answered(answer=answer(session, question, kept.patient, **shown))

    def _noted(self, kept: Session, question: str) -> Iterator[Event]:
        words = Origin(kind=OriginKind.WORDS, where=question[:60])
        drugs = Listed(items=(Known[str](value="warfarin", origin=words),))
        kept.patient = kept.patient.model_copy(
            update={"age_years": Known[float](value=62, unit="years", origin=words), "drugs": drugs}
        )
        if "secret" in question:
            problems = Listed(items=(Known[str](value="SECRET-OF-A", origin=words),))
            kept.patient = kept.patient.model_copy(update={"problems": problems})
        yield FrameChanged(changes=("age: 62 years", "drugs: warfarin"))

    def _patient_turn(self, session: str, question: str, chosen: tuple[str, ...]) -> Iterator[Event]:
        time.sleep(self.pause)
        common = {"role": Role.PATIENT, "not_shown": (), "calls": (), "would_change": (), "claims": ()}
        if "chest" in question or "stiff_neck" in chosen:
            action = "Call 112 now. Do not drive yourself."
            yield Gated(level=Level.EMERGENCY, first_action=action, banners=(banner(),))
            reply = f"{action}\nUnlock the door. If you pass out, others must be able to come in."
            given = {"level": Level.EMERGENCY, "first_action": action, "banners": (banner(),), "reply": reply}
            yield Answered(answer=answer(session, question, Patient(), **common, **given))
            return
        yield Gated(level=None)
        asked = SEVERAL if "throat" in question else ONE if chosen == ("none",) else None
        reply = "Watch for trouble breathing. If that comes, call 112."
        yield Answered(answer=answer(session, question, Patient(), **common, reply=reply, asked=asked))


def main(port: int, data_dir: Path, pause: float) -> None:
    import os

    import uvicorn

    from assistant.service.app import build
    from assistant.startup import SWITCHES

    os.environ.update(SWITCHES)
    logging.basicConfig(level=logging.INFO)
    settings = Settings(data_dir=data_dir, service=Service(port=port))
    app = build(settings, ScriptedDesk(settings, pause))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=2)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
