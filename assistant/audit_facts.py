"""What the audit holds of an answer and of a call: ids, counts and hashes, never a word of anybody."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from assistant.answer import Answer
from assistant.turn import Turn
from retrieval.evidence import ToolResult
from tools.registry import tools
from tools.triage.levels import Level


def of_answer(turn: Turn, answer: Answer, was: Level | None) -> Mapping[str, Any]:
    """The line of an answer; ``was`` is the level of the answer before it."""
    return {
        "answer_id": answer.id,
        "question": digest(turn.given.question),
        "frame": digest(turn.given.patient.model_dump_json()),
        "answer": digest(answer.model_dump_json()),
        "level": answer.level,
        "level_before": was,  # a corrected fact may have changed it
        "rules": [banner.rule for banner in answer.banners],
        "wording": answer.wording,
        "calls": [_call_facts(turn, place) for place in sorted(turn.calls)],
        "evidence": [entry.source.id for claim in answer.claims for entry in claim.evidence],
        "claims": len(answer.claims),
        "not_shown": len(answer.not_shown),
    }


def _call_facts(turn: Turn, place: int) -> dict[str, Any]:
    record, result = turn.calls[place], turn.results.get(place)
    return {
        "tool": _tool(record.tool),
        "outcome": record.outcome or "failed",
        "inputs": _inputs_hash(result) if result else "",
        "ms": round(1000 * result.seconds) if result else 0,
    }


def of_control(tool: str, result: ToolResult) -> dict[str, Any]:
    """The line of a call by a control of the page."""
    told = {"tool": _tool(tool), "outcome": result.outcome, "inputs": _inputs_hash(result)}
    return {**told, "ms": round(1000 * result.seconds)}


def _inputs_hash(result: ToolResult) -> str:
    return digest(json.dumps(dict(result.inputs), sort_keys=True, default=str))


def _tool(name: str) -> str:
    """The tool's name; one that a model made up is words, and stays out of the audit."""
    return name if name in tools() else "unknown"


def digest(text: str) -> str:
    """The SHA-256 of a text."""
    return sha256(text.encode()).hexdigest()
