"""The same work as Ray tasks: for a cluster, never the default (``ray.init`` alone takes longer than a smoke run)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from evals.run.pool import BATCH
from evals.run.worker import Job, failed, prepare, work


class NoRay(RuntimeError):
    """Ray is not installed; the message has the command."""


def on_ray(jobs: Sequence[Job], workers: int, *, batch: int = BATCH) -> Iterator[str]:
    """The traces of the jobs, as they come. A running Ray is used as it is, else one starts on this machine.

    A task whose process ends is tried again by cases; the case that ends its process a second time is an error.

    Raises:
        NoRay: it is not installed.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    try:
        import ray
    except ImportError as missing:
        raise NoRay("The engine 'ray' needs Ray: pip install 'consilium-cds[cluster]'.") from missing
    ours = not ray.is_initialized()
    if ours:
        ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False, configure_logging=False)
    try:
        batches = [jobs[start : start + batch] for start in range(0, len(jobs), batch)]
        lost: list[Job] = []
        yield from _through(ray, batches, workers, lost)
        twice: list[Job] = []
        yield from _through(ray, [[job] for job in lost], workers, twice)
        yield from (failed(job, "The worker process ended. Tried twice.") for job in twice)
    finally:
        if ours:
            ray.shutdown()


def _through(ray: Any, batches: Sequence[Sequence[Job]], workers: int, lost: list[Job]) -> Iterator[str]:
    """At most two batches a worker are handed out at a time; those whose process ended are put into ``lost``."""
    task = ray.remote(max_retries=0)(_worked)
    left = list(reversed(batches))
    under_way: dict[Any, Sequence[Job]] = {}
    while left or under_way:
        while left and len(under_way) < 2 * workers:
            given = left.pop()
            under_way[task.remote([tuple(job) for job in given])] = given
        (done,), _ = ray.wait(list(under_way), num_returns=1)
        given = under_way.pop(done)
        try:
            yield from ray.get(done)
        except ray.exceptions.WorkerCrashedError:
            lost.extend(given)


def _worked(jobs: Sequence[tuple[str, str, str, str, int]]) -> list[str]:
    prepare()
    return work([Job(*job) for job in jobs])
