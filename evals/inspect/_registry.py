"""What inspect_ai finds through its entry point; importing it registers tasks, solver, scorer and model."""

from evals.inspect.provider import consilium
from evals.inspect.scorers import case_scorer
from evals.inspect.solvers import subject_solver
from evals.inspect.tasks import calc, grounding, medsafety, suite, triage

__all__ = [
    "calc",
    "case_scorer",
    "consilium",
    "grounding",
    "medsafety",
    "subject_solver",
    "suite",
    "triage",
]
