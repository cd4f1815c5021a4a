"""A case played by one of our subjects, inside inspect's loop."""

from __future__ import annotations

from functools import cache

import anyio
from inspect_ai.solver import Generate, Solver, TaskState, solver

from evals.inspect.samples import TRACE, case_of, messages


@cache
def alone() -> anyio.Lock:
    """Held while a case is played: a tool that the harness breaks is broken for the whole process."""
    return anyio.Lock()


@solver
def subject_solver(name: str = "assistant/rules") -> Solver:
    """Play the sample's case with a subject of ours; needs no model (``--model none``).

    The subject is given what the case presents and nothing else. A crash stands in the trace and counts as a failed
    case, as in ``consilium evaluate``.
    """
    from evals.run.play import live
    from evals.run.subjects import subject

    ours = subject(name)

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        async with alone():
            trace = await live(case_of(state.metadata), ours)
        state.messages = messages(trace)
        state.output.completion = trace.last.text if trace.last is not None else ""
        state.store.set(TRACE, trace.model_dump(mode="json"))
        state.completed = True
        return state

    return solve
