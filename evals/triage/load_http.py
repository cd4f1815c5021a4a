"""The crowd over HTTP: the served patient page in a process of its own, asked as its own page asks it.

Each patient is a browser tab of the page's own protocol (a session hash, the box's event, then the turn that follows
it); what comes back is everything that the tab is shown.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from uuid import uuid4

import httpx

from evals.triage.load import PATIENTS, Found, Held, Patient, crossed

TURNS = 3
ROOT = Path(__file__).resolve().parents[2]
_READY_SECONDS = 240


@contextmanager
def served() -> Iterator[tuple[str, int]]:
    """The address of an assistant that serves, and its process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    with TemporaryDirectory() as folder, (Path(folder) / "log").open("w") as log:
        environment = {**os.environ, "CONSILIUM_DATA_DIR": folder}
        command = [sys.executable, "-m", "assistant", "serve", "--port", str(port)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=environment)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address)
            yield address, process.pid
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait(address: str) -> None:
    """Until every part is ready.

    Raises:
        TimeoutError: it was not within four minutes.
    """
    end = time.monotonic() + _READY_SECONDS
    while time.monotonic() < end:
        try:
            if httpx.get(f"{address}/readyz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    raise TimeoutError("the service was not ready in time")


class Tab:
    """One patient's page."""

    def __init__(self, address: str) -> None:
        self._http = httpx.Client(base_url=f"{address}/patient", timeout=300, headers={"Origin": address})
        self._hash = uuid4().hex[:12]
        config = self._http.get("/config").raise_for_status().json()
        box = next(part["id"] for part in config["components"] if part["props"].get("elem_id") == "box")
        events = config["dependencies"]
        self._take = next(one for one in events if [box, "submit"] in one["targets"])
        self._turn = next(one for one in events if one.get("trigger_after") == self._take["id"])

    def say(self, words: str) -> str:
        """Everything that the page gets for a message, as text."""
        return self._fire(self._take, [words, "GB", None]) + self._fire(self._turn, [None])

    def close(self) -> None:
        self._http.close()

    def _fire(self, event: dict[str, Any], data: list[Any]) -> str:
        body = {"data": data, "fn_index": event["id"], "session_hash": self._hash, "event_data": None}
        if event.get("queue") is False:
            return self._http.post("/gradio_api/run/predict", json=body).raise_for_status().text
        if self._http.post("/gradio_api/queue/join", json=body).status_code != 200:
            return ""  # the queue is full: the page shows an error, and the turn is lost
        shown = []
        with self._http.stream("GET", "/gradio_api/queue/data", params={"session_hash": self._hash}) as lines:
            for line in lines.iter_lines():
                if not line.startswith("data:"):
                    continue
                told = json.loads(line.removeprefix("data:"))
                shown.append(json.dumps(told.get("output", ""), ensure_ascii=False))
                if told.get("msg") in ("process_completed", "close_stream"):
                    break
        return "\n".join(shown)


def hold(address: str, patient: Patient) -> Held:
    """One patient's talk of a few turns in a tab of its own."""
    tab, shown, seconds, lost = Tab(address), [], [], 0
    said = patient.opening
    for _ in range(TURNS):
        begun = perf_counter()
        text = tab.say(said)
        seconds.append(perf_counter() - begun)
        lost += "999 or 112" not in text
        shown.append(text)
        said = "none of these"
    tab.close()
    return Held(patient, tuple(shown), tuple(seconds), shown[0], lost)


def crowd(patients: int = PATIENTS) -> Found:
    """All at once over HTTP; then ten one after another. Memory is that of the service's process."""
    with served() as (address, process):
        hold(address, Patient(0))  # the first reading loads the rules
        with ThreadPoolExecutor(patients) as threads:
            held = list(threads.map(lambda n: hold(address, Patient(n)), range(patients)))
        alone = [hold(address, Patient(n)) for n in range(min(10, patients))]
        memory = _memory(process)
    taken = sorted(1000 * value for one in held for value in one.seconds)
    single = sorted(1000 * value for one in alone for value in one.seconds)
    return Found(
        patients, len(taken), tuple(crossed(held)), sum(one.lost for one in held), median(taken),
        taken[int(0.95 * len(taken))], taken[-1], single[int(0.95 * len(single))], memory,
    )  # fmt: skip


def _memory(process: int) -> float:
    """MiB of a process at its highest, where the system tells (Linux); else not a number."""
    status = Path(f"/proc/{process}/status")
    if not status.is_file():
        return float("nan")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
