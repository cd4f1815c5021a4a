"""Nothing looks outside: a whole run without a network, and a whole run with every look-up counted."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "What is BRCA1 185delAG? Does tiotropium reduce COPD exacerbations?"

COUNTED = """
import ipaddress, os, sys, threading, time
asked = []
def watch(event, arguments):
    if event == "socket.getaddrinfo":
        place = arguments[0]
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        place = arguments[1][0]
    else:
        return
    name = place.decode() if isinstance(place, bytes) else str(place)
    try:
        outside = not (name in ("", "None") or ipaddress.ip_address(name).is_loopback)
    except ValueError:
        outside = name != "localhost"
    if outside:
        asked.append((event, name))
sys.addaudithook(watch)

from assistant.cli import edge
settings = edge.ready(service__port=0)
from assistant.answer import Role
from assistant.ask import Assistant
from assistant.demo import fundus
assistant = Assistant(settings)
assistant.warm()
session = assistant.open(Role.CLINICIAN)
assistant.attach(session, "eye.png", fundus())
answer = assistant.ask(session, "Measure the vessels. " + sys.argv[1])
assert len(answer.calls) == 3 and len(answer.claims) > 3, answer
assert assistant.ask(assistant.open(Role.PATIENT), "I have crushing chest pain and I am sweating").level

import httpx, uvicorn
from assistant.service.app import build
server = uvicorn.Server(uvicorn.Config(build(settings, assistant), host="127.0.0.1", port=0, log_level="error"))
thread = threading.Thread(target=server.run, daemon=True)
thread.start()
while not server.started:
    time.sleep(0.1)
address = "http://127.0.0.1:%d" % server.servers[0].sockets[0].getsockname()[1]
for path in ("/clinician/", "/patient/"):
    for _ in range(120):
        page = httpx.get(address + path, follow_redirects=True, timeout=60)
        if "gradio" in page.text.lower():
            break
        time.sleep(0.5)
    assert page.status_code == 200 and "gradio" in page.text.lower(), path
server.should_exit = True
thread.join(20)
print("outside:", asked)
os._exit(0)
"""


def run(code_or_arguments: list[str], folder: Path, *before: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CONSILIUM_DATA_DIR": str(folder)}
    return subprocess.run(
        [*before, sys.executable, *code_or_arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip


def test_an_answer_comes_in_a_namespace_without_a_network(data_dir: Path) -> None:
    unshare = shutil.which("unshare")
    allowed = (
        unshare and subprocess.run([unshare, "-rn", "true"], capture_output=True, check=False).returncode == 0
    )
    if not allowed:
        pytest.skip("this machine does not allow `unshare -rn`")
    done = run(["-m", "assistant", "ask", QUESTION], data_dir, str(unshare), "-rn")
    assert done.returncode == 0, done.stderr
    assert "185delAG" in done.stdout
    assert "tiotropium" in done.stdout


def test_a_whole_run_through_both_pages_looks_up_nothing_outside(data_dir: Path) -> None:
    done = run(["-c", COUNTED, QUESTION], data_dir)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().splitlines()[-1] == "outside: []"
