"""Tools that the harness breaks around a subject, and what the breaking looks like.

``NAME:KIND`` breaks one tool, ``tool:KIND`` all of them: a call that takes too long, a bug, an empty result, a source
that is not held. ``NAME:says:WORDS`` leaves the tool whole and puts words into what its sources say, as a poisoned
source would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any, cast

from retrieval.evidence import Finding, ToolResult, not_found, unavailable
from tools.registry import Tool, tools

EVERY, SAYS = "tool", "says:"


def _timeout(**given: Any) -> ToolResult:
    raise TimeoutError("the harness let this call run out of time")


def _exception(**given: Any) -> ToolResult:
    raise RuntimeError("the harness broke this tool")


def _empty(**given: Any) -> ToolResult:
    return not_found("Nothing is held on this.")


def _unavailable(**given: Any) -> ToolResult:
    return unavailable("The source of this tool is not held.", "consilium packs pull NAME")


KINDS: Mapping[str, Callable[..., ToolResult]] = {
    "timeout": _timeout,
    "exception": _exception,
    "empty": _empty,
    "unavailable": _unavailable,
}


def _instead(entry: Tool, kind: str) -> Callable[..., ToolResult]:
    return KINDS.get(kind) or partial(_saying, entry.function, kind.removeprefix(SAYS))


def _saying(function: Callable[..., ToolResult], words: str, **given: Any) -> ToolResult:
    """The tool's own result with the words in every place where a source's text can stand: statement, quote and title.

    A note is our own template and carries no source's text.
    """
    result = function(**given)
    findings = tuple(_poisoned(one, words) if at == 0 else one for at, one in enumerate(result.findings))
    return result.model_copy(update={"findings": findings})


def _poisoned(finding: Finding, words: str) -> Finding:
    first, *rest = finding.evidence
    source = first.source.model_copy(update={"title": f"{first.source.title} {words}"})
    quoted = first.model_copy(update={"quote": f"{first.quote} {words}", "source": source})
    told = {"statement": f"{finding.statement} {words}", "evidence": (quoted, *rest)}
    return finding.model_copy(update=told)


class UnknownTrouble(ValueError):
    """The case names a tool or a kind of breaking that does not exist: a fault of the suite."""


@contextmanager
def broken(trouble: str) -> Iterator[None]:
    """While it lasts the registry's functions are broken as ``trouble`` says; "" breaks nothing.

    It holds for the whole process, so cases with trouble run alone (:mod:`evals.run.worker`).

    Raises:
        UnknownTrouble: there is no such tool or kind.
    """
    if not trouble:
        yield
        return
    name, _, kind = trouble.partition(":")
    held = cast(dict[str, Tool], tools())
    hit = tuple(held) if name == EVERY else (name,)
    if not (kind in KINDS or kind.startswith(SAYS)) or not set(hit) <= set(held):
        raise UnknownTrouble(f"There is no trouble '{trouble}'.")
    before = {each: held[each] for each in hit}
    held.update({each: replace(entry, function=_instead(entry, kind)) for each, entry in before.items()})
    try:
        yield
    finally:
        held.update(before)
