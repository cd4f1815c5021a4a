"""What an answer costs beyond its tools: the loop, the gate, verify, archive and audit, as a ratio in the same run.

The floor is the sum of the times of the answer's own tool calls; beside it stands what the same calls take when they
are made bare, one after another, right afterwards. With a language model connected its share is printed apart.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from assistant.answer import Role
from assistant.ask import Assistant
from assistant.events import Answered, Checked
from assistant.settings import Settings, load
from retrieval.search import configure, library
from tools import registry

QUESTIONS = (
    "Do SGLT2 inhibitors reduce hospital admission for heart failure?",
    "Does tiotropium reduce COPD exacerbations?",
    "What is BRCA1 185delAG?",
    "Should a CYP2C19 poor metaboliser take clopidogrel?",
    "What is CFTR F508del, and do CFTR modulators improve lung function?",
    "Is HFE C282Y homozygosity always followed by haemochromatosis?",
    "Does metformin help in gestational diabetes?",
    "Is codeine advised in CYP2D6 ultrarapid metabolisers?",
)
BAR = 1.5


class Timing(NamedTuple):
    """Seconds of one answer: as a whole, of its tools, of the same calls made bare, and of the model."""

    whole: float
    tools: float
    bare: float
    model: float

    @property
    def ratio(self) -> float:
        """The answer's time without the model, over the time of its tools."""
        return (self.whole - self.model) / self.tools


def run(settings: Settings, rounds: int = 3) -> list[Timing]:
    """Time each question ``rounds`` times, warm, each in a fresh session."""
    assistant = Assistant(settings)
    assistant.warm()
    timings = []
    for turn in range(rounds + 1):
        for question in QUESTIONS:
            timing = _timed(assistant, question)
            if turn and timing.tools:
                timings.append(timing)
    assistant.close()
    return timings


def _timed(assistant: Assistant, question: str) -> Timing:
    session = assistant.open(Role.CLINICIAN)
    started, model = time.perf_counter(), 0.0
    for event in assistant.stream(session, question):
        if isinstance(event, Checked):
            model = event.model_seconds
        if isinstance(event, Answered):
            whole = time.perf_counter() - started
    results = assistant.sessions.get(session).turns[-1].results
    bare = time.perf_counter()
    for result in results.values():
        registry.call(result.tool, result.inputs)
    alone = time.perf_counter() - bare
    tools = sum(result.seconds for result in results.values())
    return Timing(whole, tools, alone, 0.0 if assistant.settings.model.provider == "rules" else model)


def report(timings: Sequence[Timing], name: str) -> str:
    """One line: the medians and the ratio beside its bar."""
    whole, tools, bare, model, ratio = (
        statistics.median(values)
        for values in zip(*((*timing, timing.ratio) for timing in timings), strict=True)
    )
    return (
        f"{name:28} answer {1000 * whole:7.1f} ms   its tools {1000 * tools:7.1f} ms   bare {1000 * bare:7.1f} ms   "
        f"model {1000 * model:7.1f} ms   (answer - model) / tools {ratio:.2f} (bar {BAR})"
    )


def main() -> None:
    """Rules alone, in a data folder of its own; then the connected model, where the settings name one."""
    with tempfile.TemporaryDirectory() as folder:
        configure(Path(folder))
        print(report(run(Settings(data_dir=Path(folder))), "rules alone"))
        connected = load()
        if connected.model.provider != "rules":
            other = connected.model_copy(update={"data_dir": Path(folder)})
            print(report(run(other, rounds=1), connected.model.name))
        library().wait()


if __name__ == "__main__":
    main()
