"""Calls: the right tools with the right arguments in the right order (four ways to match, as in agent evaluations)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evals.cases.case import Case, ExpectedCall, Matcher
from evals.run.trace import Called, Trace
from evals.scoring.failed import after_crash
from evals.scoring.score import Score, not_applicable, scored
from evals.scoring.wording import plain

_MATCH = (
    "tool_precision",
    "tool_recall",
    "tool_f1",
    "tool_strict",
    "tool_unordered",
    "tool_subset",
    "tool_superset",
)
_ALL = (*_MATCH, "argument_accuracy", "wrong_tool", "outcome_right")


def calls(case: Case, trace: Trace) -> tuple[Score, ...]:
    """All metrics of the calls of all turns; without expected calls only ``wrong_tool`` can apply."""
    made = [call for turn in trace.shown for call in turn.calls]
    expected = sorted(case.gold.calls, key=lambda one: one.order)
    if expected:
        scores = (
            *_names(expected, made),
            _arguments(expected, made),
            _wrong(case, made),
            _outcomes(expected, made),
        )
    else:
        scores = tuple(not_applicable(name, "gold expects no call") for name in _ALL if name != "wrong_tool")
        scores = (*scores, _wrong(case, made))
    return after_crash(trace, scores, {name: float(name == "wrong_tool") for name in _ALL})


def _names(expected: Sequence[ExpectedCall], made: Sequence[Called]) -> Iterator[Score]:
    want, have = Counter(one.tool for one in expected), Counter(one.tool for one in made)
    both, missing, extra = (want & have).total(), want - have, have - want
    lost = tuple(f"not called: {tool}" for tool in sorted(missing))
    more = tuple(f"called beside: {tool}" for tool in sorted(extra))
    precision, recall = (both / len(made) if made else 0.0), both / len(expected)
    if made:
        yield scored("tool_precision", precision, "", *more)
    else:
        yield not_applicable("tool_precision", "no call was made")
    yield scored("tool_recall", recall, "", *lost)
    yield scored("tool_f1", 2 * precision * recall / (precision + recall) if both else 0.0, "", *lost, *more)
    yield scored("tool_strict", want == have and in_order(expected, made), "", *lost, *more)
    yield scored("tool_unordered", want == have, "", *lost, *more)
    yield scored("tool_subset", not extra, "", *more)
    yield scored("tool_superset", not missing, "", *lost)


def in_order(expected: Sequence[ExpectedCall], made: Sequence[Called]) -> bool:
    """Whether the calls, as many as expected, keep the partial order; those of one order number may change places."""
    start = 0
    for order in sorted({one.order for one in expected}):
        step = Counter(one.tool for one in expected if one.order == order)
        if Counter(one.tool for one in made[start : start + step.total()]) != step:
            return False
        start += step.total()
    return True


def _arguments(expected: Sequence[ExpectedCall], made: Sequence[Called]) -> Score:
    """Share of all argument matchers that hold, each expected call against a call of its tool of its own."""
    wanted = sum(len(one.arguments) for one in expected)
    if not wanted:
        return not_applicable("argument_accuracy", "no argument in gold")
    pairs = paired(expected, made)
    right, wrong = 0, []
    for n, one in enumerate(expected):
        if n not in pairs:
            wrong.append(f"{one.tool}: not called")
            continue
        right += _held(one, made[pairs[n]])
        off = _off(one, made[pairs[n]])
        wrong += [f"{one.tool}.{path}: {_seen(made[pairs[n]].arguments, path)}" for path in off]
    return scored("argument_accuracy", right / wanted, "", *wrong)


def paired(expected: Sequence[ExpectedCall], made: Sequence[Called]) -> dict[int, int]:
    """Which call stands for which expected one, by position: those that fit best first, each once."""
    rank = sorted(
        (-_held(one, call), n, m)
        for n, one in enumerate(expected)
        for m, call in enumerate(made)
        if one.tool == call.tool
    )
    out: dict[int, int] = {}
    for _, n, m in rank:
        if n not in out and m not in out.values():
            out[n] = m
    return out


def _off(one: ExpectedCall, call: Called) -> list[str]:
    return [path for path, matcher in one.arguments.items() if not fits(matcher, at(call.arguments, path))]


def _held(one: ExpectedCall, call: Called) -> int:
    return len(one.arguments) - len(_off(one, call))


def _seen(arguments: Mapping[str, Any], path: str) -> str:
    found = at(arguments, path)
    return "absent" if found is None else repr(found)[:80]


def at(arguments: Any, path: str) -> Any:
    """What stands at "inputs.age.value" or "drugs.0"; None where there is nothing."""
    here = arguments
    for part in path.split("."):
        if isinstance(here, Mapping):
            here = here.get(part)
        elif (
            isinstance(here, Sequence)
            and not isinstance(here, str)
            and part.isdigit()
            and int(part) < len(here)
        ):
            here = here[int(part)]
        else:
            return None
    return here


def fits(matcher: Matcher, found: Any) -> bool:
    """Whether an argument is right; one that is absent fits no matcher, not even "any"."""
    if found is None:
        return False
    if matcher.kind == "any":
        return True
    if isinstance(found, Sequence) and not isinstance(found, str) and matcher.kind != "equal":
        return any(fits(matcher, one) for one in found)
    if matcher.kind == "near":
        return _near(matcher, found)
    said, wanted = plain(_text(found)), [plain(word) for word in matcher.value.split("|")]
    return any(word in said if matcher.kind == "contains" else word == said for word in wanted)


def _text(found: Any) -> str:
    if isinstance(found, Mapping):
        return " ".join(_text(one) for one in found.values())
    if isinstance(found, Sequence) and not isinstance(found, str):
        return ", ".join(_text(one) for one in found)
    return str(found)


def _near(matcher: Matcher, found: Any) -> bool:
    try:
        value, wanted = float(found), float(matcher.value)
    except (TypeError, ValueError):
        return False
    return abs(value - wanted) <= matcher.tolerance * (abs(wanted) or 1.0)


def _wrong(case: Case, made: Sequence[Called]) -> Score:
    if not case.gold.no_tools:
        return not_applicable("wrong_tool", "no tool is wrong here")
    wrong = sorted({call.tool for call in made} & set(case.gold.no_tools))
    return scored("wrong_tool", bool(wrong), "", *(f"called: {tool}" for tool in wrong))


def _outcomes(expected: Sequence[ExpectedCall], made: Sequence[Called]) -> Score:
    """Share of expected calls with a stated outcome for which a call of the tool ended so; a failed one is "failed"."""
    asked = [one for one in expected if one.outcomes]
    if not asked:
        return not_applicable("outcome_right", "no outcome in gold")
    ends = {one.tool: [call.outcome or "failed" for call in made if call.tool == one.tool] for one in asked}
    wrong = [one for one in asked if not set(one.outcomes) & set(ends[one.tool])]
    said = tuple(f"{one.tool}: {', '.join(ends[one.tool]) or 'not called'}" for one in wrong)
    return scored("outcome_right", 1 - len(wrong) / len(asked), "", *said)
