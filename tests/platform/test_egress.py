"""Nothing leaves the machine. Each test runs in a process of its own: a hook cannot be taken out again."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

SERVER = """
import http.server, threading
class Quiet(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"here")
    def log_message(self, *words): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
threading.Thread(target=server.serve_forever, daemon=True).start()
port = server.server_address[1]
"""
START = "import json, sys, socket\nfrom assistant import egress\n"
END = "\nsys.stdout.write(json.dumps(said))"


def run(code: str, start: str = "egress.install()\n") -> object:
    """What the code leaves in ``said``, run with the hook in place and without any proxy."""
    environ = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", START + start + code + END],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_urllib_is_refused_and_counted() -> None:
    said = run("""
import urllib.request, urllib.error
said = []
for _ in range(2):
    try: urllib.request.urlopen("http://example.org/", timeout=5)
    except urllib.error.URLError as error: said.append(str(error.reason))
said += [list(entry) for entry in egress.refused()]
""")
    assert isinstance(said, list)
    assert "example.org refused" in said[0]
    assert "[model] base_url" in said[0]
    assert said[2:] == [["example.org", "socket.getaddrinfo", 2]]


def test_httpx_is_refused() -> None:
    said = run("""
import httpx
try: httpx.get("https://example.org/", timeout=5)
except httpx.ConnectError as error: said = [str(error), egress.refused()[0].host]
""")
    assert isinstance(said, list)
    assert "example.org refused" in said[0]
    assert said[1] == "example.org"


def test_asyncio_is_refused() -> None:
    said = run("""
import asyncio
async def reach(host):
    try: await asyncio.open_connection(host, 80)
    except OSError as error: return [type(error).__name__, str(error)]
said = [asyncio.run(reach("example.org")), asyncio.run(reach("192.0.2.1"))]
""")
    assert isinstance(said, list)
    assert [kind for kind, _ in said] == ["EgressRefused", "EgressRefused"]
    assert "192.0.2.1 refused" in said[1][1]


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.getaddrinfo('example.org', 80)",
        "socket.getaddrinfo(b'example.org', 80)",
        "socket.gethostbyname('example.org')",
        "socket.gethostbyname_ex('example.org')",
        "socket.gethostbyaddr('192.0.2.1')",
        "socket.getnameinfo(('192.0.2.1', 80), 0)",
        "socket.create_connection(('192.0.2.1', 80), 3)",
        "socket.create_connection(('2001:db8::1', 80), 3)",
        "socket.socket().connect(('192.0.2.1', 80))",
        "socket.socket().connect_ex(('192.0.2.1', 80))",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendmsg([b'x'], [], 0, ('192.0.2.1', 53))",
        "socket.socket(socket.AF_INET6).connect(('::ffff:192.0.2.1', 80))",
        "socket.getaddrinfo('localhost.example.org', 80)",
        "socket.getaddrinfo('127.0.0.1.example.org', 80)",
        "socket.getaddrinfo('EXAMPLE.org.', 80)",
    ],
)
def test_every_way_out_is_closed(attempt: str) -> None:
    said = run(f"""
import warnings; warnings.simplefilter("ignore", ResourceWarning)
try:
    {attempt}
    said = "it went out"
except egress.EgressRefused as refusal: said = "refused" if len(egress.refused()) == 1 else "not counted"
""")
    assert said == "refused"


def test_this_machine_is_reached() -> None:
    said = run(
        """
import asyncio, httpx, os, tempfile, urllib.request
said = [urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read().decode()]
said.append(httpx.get(f"http://localhost:{port}/", timeout=5, trust_env=False).text)
async def reach():
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close(); await writer.wait_closed()
asyncio.run(reach())
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender: sender.sendto(b"x", ("127.0.0.1", 9))
unix = socket.AF_UNIX
with tempfile.TemporaryDirectory() as folder, socket.socket(unix) as here, socket.socket(unix) as there:
    here.bind(os.path.join(folder, "s")); here.listen()
    there.connect(os.path.join(folder, "s"))
socket.getaddrinfo(None, 0); socket.getaddrinfo("0.0.0.0", 80)
said.append(len(egress.refused()))
""",
        "egress.install()\n" + SERVER,
    )
    assert said == ["here", "here", 0]


FAKE_NAMES = """
def fake(host, *more, **named):  # a name server of our own: every name has the same address
    sys.audit("socket.getaddrinfo", host, *more[:1], 0, 0, 0)
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.7", 80))]
socket.getaddrinfo = fake
def reach(host):
    try: socket.create_connection((host, 80), 0.2).close()
    except egress.EgressRefused: return "refused"
    except OSError: pass  # no such machine, but the guard did not stand in the way
    return "let through"
def dial(address):
    with socket.socket() as one:
        one.settimeout(0.2)
        try: one.connect((address, 80))
        except egress.EgressRefused: return "refused"
        except OSError: pass
    return "let through"
"""


def test_a_host_of_the_settings_is_reached_by_name_and_by_its_address() -> None:
    said = run(
        """
said = [dial("192.0.2.7"), reach("Model.Ward.example."), dial("192.0.2.7")]
said += [dial("192.0.2.8"), reach("other.example")]
""",
        FAKE_NAMES + 'egress.install({"model.ward.example": "[model] base_url"})\n',
    )
    assert said == ["refused", "let through", "let through", "refused", "refused"]


def test_a_pull_opens_the_door_only_for_its_time() -> None:
    said = run(
        """
said = [reach("packs.example")]
with egress.allowing("packs.example", "mirror.example"):
    with egress.allowing("packs.example"): pass
    said += [reach("packs.example"), reach("mirror.example"), reach("other.example")]
said += [reach("packs.example"), dial("192.0.2.7")]
try:
    with egress.allowing("packs.example"): raise KeyError
except KeyError: said.append(reach("packs.example"))
""",
        FAKE_NAMES + "egress.install()\n",
    )
    assert said == ["refused", "let through", "let through", "refused", "refused", "refused", "refused"]


def test_the_hook_is_installed_once() -> None:
    said = run(
        """
count = 0
def hook(*_):
    global count
    count += 1
egress.sys = type("Sys", (), {"addaudithook": staticmethod(hook), "modules": sys.modules})
egress.install(); egress.install(["model.example"]); egress.install()
said = count
""",
        "",
    )
    assert said == 1


def test_what_could_evade_the_hook_cannot_be_imported() -> None:
    said = run("""
try:
    import uvloop
    said = "imported"
except ImportError: said = "not to be had"
""")
    assert said == "not to be had"


def test_many_hosts_do_not_fill_the_memory() -> None:
    said = run("""
for n in range(1200):
    try: socket.getaddrinfo(f"h{n}.example", 80)
    except OSError: pass
said = len(egress.refused())
""")
    assert said == 1000


def test_importing_the_module_installs_nothing() -> None:
    assert run("said = socket.getaddrinfo.__module__", "") == "socket"


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="Unix sockets are POSIX")
def test_the_test_process_has_no_hook() -> None:
    from assistant import egress

    assert not egress._guard.installed
