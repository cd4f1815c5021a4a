"""A case played by one of our subjects, inside inspect's loop."""

from __future__ import annotations

from inspect_ai.solver import Generate, Solver, TaskState, solver

from evals.inspect.samples import TRACE, case_of, messages


@solver
def subject_solver(name: str = "assistant/rules") -> Solver:
    """Play the sample's case with a subject of ours; needs no model (``--model none``).

    The subject is given what the case presents and nothing else. A crash is inspect's to record: run with
    ``--no-fail-on-error`` and ``inspect eval-retry``.
    """
    from evals.run.play import play
    from evals.run.subjects import subject

    ours = subject(name)

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        trace = await play(ours, case_of(state.metadata))
        state.messages = messages(trace)
        state.output.completion = trace.last.text if trace.last is not None else ""
        state.store.set(TRACE, trace.model_dump(mode="json"))
        state.completed = True
        return state

    return solve
