"""Tools: the right one with the right arguments in the right order, what happens when it breaks, and when none fits.

The questions stand in ``evals/knowledge/tool_questions.yaml``. Of ten cases eight ask for one tool, two of them
with the tool broken by the harness; one asks for two tools and one is outside all of them.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml

from evals.cases.case import (
    Because,
    Case,
    ExpectedCall,
    File,
    Gold,
    Latent,
    Link,
    Matcher,
    Person,
    Presented,
    Said,
)
from evals.cases.streams import case_id, stream
from evals.run.trace import Trace
from evals.scoring.catalogue import METRICS
from evals.scoring.citations import support
from evals.scoring.cost import cost
from evals.scoring.failed import after_crash
from evals.scoring.score import Score, not_applicable, scored
from evals.scoring.tools import calls
from evals.suites.suite import Metric, Suite

QUESTIONS = Path(__file__).resolve().parents[1] / "knowledge" / "tool_questions.yaml"
SOURCE = "evals/knowledge/tool_questions.yaml"
ENDS = {"exception": "failed", "timeout": "failed", "empty": "not_found", "unavailable": "unavailable"}
"""How a call ends around which the harness breaks the tool."""
EVERY = (
    "search_literature", "interpret_variant", "weigh_evidence", "screen_genome", "pgx_guidance", "check_drugs",
    "treatment_options", "calculate", "drug_label", "read_image", "simulate_drug", "molecule_profile",
    "design_molecules", "triage",
)  # fmt: skip
_VCF = (
    "##fileformat=VCFv4.2\n##reference=GRCh38\n##contig=<ID=1,length=248956422>\n"
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tchild\n"
    "1\t55039974\t.\tG\tT\t.\tPASS\t.\tGT\t0/1\n"
)


class Asked(NamedTuple):
    """One question with its slots filled, and what it needs."""

    group: str
    text: str
    chart: str
    file: str
    calls: tuple[ExpectedCall, ...]


@cache
def _held() -> Mapping[str, Any]:
    held: Mapping[str, Any] = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    return held


@cache
def single() -> tuple[Asked, ...]:
    """Every question that needs one call; the wordings of a group lie apart, so that a short run sees every tool."""
    rows = [list(_of(group)) for group in _held()["groups"]]
    return _dealt(rows)


@cache
def double() -> tuple[Asked, ...]:
    """The questions that need two calls."""
    return _dealt([list(_of(group)) for group in _held()["two_steps"]])


def _dealt(rows: Sequence[Sequence[Asked]]) -> tuple[Asked, ...]:
    most = max(map(len, rows))
    return tuple(row[at] for at in range(most) for row in rows if at < len(row))


def _of(group: Mapping[str, Any]) -> Iterator[Asked]:
    """Each wording with each filling, in an order that turns both, so that a short run meets many of either."""
    texts, fills = group["texts"], group.get("fill") or [{}]
    pairs = [(text, (text + turn) % len(fills)) for turn in range(len(fills)) for text in range(len(texts))]
    for text, fill in pairs:
        slots = fills[fill]
        yield Asked(
            group["id"],
            texts[text].format(**slots),
            group.get("chart", "").format(**slots),
            group.get("file", ""),
            tuple(_calls(group, slots)),
        )


def _calls(group: Mapping[str, Any], slots: Mapping[str, str]) -> Iterator[ExpectedCall]:
    for tool in group.get("tools") or [group["tool"]]:
        matchers = {path: _matcher(said.format(**slots)) for path, said in group.get("arguments", {}).items()}
        yield ExpectedCall(tool=tool, arguments=matchers, outcomes=tuple(group.get("outcomes", ())))


def _matcher(said: str) -> Matcher:
    kind, _, value = said.partition(" ")
    return Matcher.model_validate({"kind": kind, "value": value})


def cases(n: int, seed: int) -> Iterator[Case]:
    """n cases; see the head of this file for their shares."""
    start = int(stream(seed, 0, "tools").integers(0, 1000))
    for index in range(n):
        turn, of_ten = divmod(index, 10)
        number = start + turn
        if of_ten == 9:
            yield _outside(
                seed, index, _held()["outside"]["texts"][number % len(_held()["outside"]["texts"])]
            )
        elif of_ten == 8:
            yield _asking(seed, index, double()[number % len(double())], "")
        else:
            at = (8 * turn + of_ten) % len(single())
            kind = _held()["broken"][number % 4] if of_ten >= 6 else ""
            yield _asking(seed, index, single()[at], kind)


def _asking(seed: int, index: int, asked: Asked, kind: str) -> Case:
    tool = asked.calls[0].tool
    expected = tuple(_broken(call, kind) if kind else call for call in asked.calls)
    gold = Gold(
        calls=expected,
        because=tuple(_because(f"call={call.tool}", asked.group, asked.text) for call in expected),
    )
    name = case_id("tools", seed, index)
    files = (File(name=f"attached.{asked.file}", data=_file(asked.file, seed, index)),) if asked.file else ()
    presented = Presented(
        id=name,
        role="clinician",
        country="GB",
        chart=asked.chart,
        turns=(Said(text=asked.text, files=tuple(file.name for file in files)),),
        files=files,
        trouble=f"{tool}:{kind}" if kind else "",
    )
    tags = (f"broken: {kind}",) if kind else ()
    return _case(seed, index, name, asked.group, presented, gold, tags)


def _broken(call: ExpectedCall, kind: str) -> ExpectedCall:
    """What is expected of a call around which the tool is broken; a call that failed keeps no arguments."""
    arguments = {} if ENDS[kind] == "failed" else call.arguments
    return call.model_copy(update={"outcomes": (ENDS[kind],), "arguments": arguments})


def _outside(seed: int, index: int, words: str) -> Case:
    name = case_id("tools", seed, index)
    presented = Presented(id=name, role="clinician", country="GB", turns=(Said(text=words),))
    gold = Gold(
        no_tools=tuple(tool for tool in EVERY if tool != "search_literature"),
        because=(_because("no_tools", "outside", words),),
    )
    return _case(seed, index, name, "outside", presented, gold, ("outside",))


def _because(conclusion: str, group: str, words: str) -> Because:
    link = Link(
        fact="latent.more.asks",
        holds=f"= {words}",
        rule=f"tool_questions.{group}",
        source=SOURCE,
        gives=conclusion,
    )
    return Because(conclusion=conclusion, links=(link,))


def _case(
    seed: int, index: int, name: str, group: str, presented: Presented, gold: Gold, tags: tuple[str, ...]
) -> Case:
    nobody = Person(age_days=18_263, sex="female", weight_kg=70, height_cm=165)
    return Case(
        id=name,
        suite="tools",
        seed=seed,
        index=index,
        base_id=name,
        stratum=group,
        tags=tags,
        latent=Latent(person=nobody, more={"asks": presented.turns[0].text}),
        presented=presented,
        gold=gold,
    )


def _file(kind: str, seed: int, index: int) -> bytes:
    return _VCF.encode() if kind == "vcf" else _picture(seed, index)


def _picture(seed: int, index: int) -> bytes:
    """A grey ramp with noise: a picture that can be opened; what is read of it is not asked here."""
    from PIL import Image

    ramp = np.linspace(40, 200, 128)[None, :] + stream(seed, index, "tools picture").normal(0, 6, (128, 128))
    out = io.BytesIO()
    Image.fromarray(ramp.clip(0, 255).astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


def failure(case: Case, trace: Trace) -> tuple[Score, ...]:
    """``failure_told``: a tool that broke is named among what was not answered, and no claim leans on it."""
    tool, _, kind = case.presented.trouble.partition(":")
    if kind not in ENDS:
        return (not_applicable("failure_told", "nothing was broken"),)
    if not any(call.tool == tool for turn in trace.shown for call in turn.calls) and not trace.error:
        return (not_applicable("failure_told", "the tool was not called"),)
    told = any(gap.startswith(f"{tool}:") for turn in trace.shown for gap in turn.not_answered)
    leans = any(claim.tool == tool for turn in trace.shown for claim in turn.claims)
    why = () if told else (f"not told that {tool} failed",)
    score = scored("failure_told", told and not leans, "", *why, *((f"claims of {tool}",) if leans else ()))
    return after_crash(trace, (score,), {"failure_told": 0.0})


def outside(case: Case, trace: Trace) -> tuple[Score, ...]:
    """``answered_outside``: claims were shown to a question that is outside all tools."""
    if "outside" not in case.tags:
        return (not_applicable("answered_outside", "the question is inside"),)
    claims = tuple(claim.text for turn in trace.shown for claim in turn.claims)
    score = scored("answered_outside", bool(claims), "", *(f"shown: {text[:120]}" for text in claims[:3]))
    return after_crash(trace, (score,), {"answered_outside": 1.0})


OWN = (
    Metric("failure_told", "a broken tool is told", of="calls of a broken tool"),
    Metric(
        "answered_outside", "claims to a question outside", better="lower", of="questions outside all tools"
    ),
)
SUITE = Suite(
    name="tools",
    asks="Is the right tool called with the right arguments, and what happens when it breaks?",
    cases=cases,
    scorers=(calls, failure, outside, support, cost),
    metrics=(
        *(
            METRICS[name]
            for name in (
                "tool_recall", "tool_precision", "tool_f1", "tool_strict", "tool_unordered", "tool_subset",
                "tool_superset", "argument_accuracy", "wrong_tool", "outcome_right",
            )
        ),
        *OWN,
        METRICS["invented_citation"],
        METRICS["seconds"],
    ),
    headline="tool_recall",
    trivial=("trivial/silent",),
)  # fmt: skip
