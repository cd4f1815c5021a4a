"""Times, peak memory and sizes on disk; a step in a process of its own, so that its memory is its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
MIB = 2**20


class Watch:
    """Seconds by name, each the sum of its stretches."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def on(self, name: str) -> Iterator[None]:
        """Count the time within to ``name``."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started


def percentile(values: Sequence[float], share: float) -> float:
    """The value under which this share of the values lies: one that was measured, nothing between two."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def points(seconds: Sequence[float]) -> dict[str, float]:
    """p50 and p95 in milliseconds."""
    return {
        "p50": round(1000 * percentile(seconds, 0.5), 2),
        "p95": round(1000 * percentile(seconds, 0.95), 2),
    }


def peak_mib(pid: int | str = "self") -> float:
    """The most memory that a process has held at once, resident, in MiB; since its own start, not its parent's."""
    return _status(pid, "VmHWM")


def resident_mib(pid: int | str = "self") -> float:
    """The memory that a process holds now, resident, in MiB."""
    return _status(pid, "VmRSS")


def _status(pid: int | str, name: str) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:  # not Linux: the figure is left out, not guessed
        return float("nan")
    held = next((line.split()[1] for line in lines if line.startswith(f"{name}:")), "nan")
    return round(float(held) / 1024, 1)


def sizes(folder: Path) -> dict[str, float]:
    """MiB on disk of each file and folder that stands directly in ``folder``."""
    return {part.name: round(_bytes(part) / MIB, 2) for part in sorted(folder.iterdir())}


def _bytes(part: Path) -> int:
    files = part.rglob("*") if part.is_dir() else [part]
    return sum(file.stat().st_size for file in files if file.is_file())


def command(step: str, given: Mapping[str, Any]) -> list[str]:
    """The command that runs a step of :mod:`evals.bench.literature_scale.steps` in a process of its own."""
    return [sys.executable, "-m", "evals.bench.literature_scale.steps", step, json.dumps(given)]


def apart(step: str, **given: Any) -> dict[str, Any]:
    """What a step reports, run in a process of its own.

    Raises:
        RuntimeError: the step failed; its last words stand in the message.
    """
    done = subprocess.run(command(step, given), cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"step {step} ended with {done.returncode}: {done.stderr[-1500:]}")
    reported: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return reported


def say(name: str, told: dict[str, Any]) -> dict[str, Any]:
    """One line of the report."""
    print(f"  {name}: {_worded(told)}", flush=True)
    return told


def _worded(told: Any) -> str:
    if isinstance(told, dict) and told.keys() == {"p50", "p95"}:
        return f"{told['p50']:.1f}/{told['p95']:.1f} ms"
    if isinstance(told, dict):
        return ", ".join(f"{name} {_worded(value)}" for name, value in told.items())
    if isinstance(told, float):
        return f"{told:.3g}" if abs(told) < 100 else f"{told:.0f}"
    return str(told)
