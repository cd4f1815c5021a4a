"""The service before and beside the pages: chooser, health, headers, refusals. Gradio is not loaded here."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from starlette.testclient import TestClient

from assistant.answer import NOTICE
from assistant.service import headers
from assistant.service.app import build, prepare_uploads
from assistant.settings import Settings

pytestmark = pytest.mark.network
ROOT = Path(__file__).parents[2]


@pytest.fixture
def client(scripted: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("GRADIO_TEMP_DIR", "put back afterwards")
    settings = Settings(data_dir=tmp_path)
    return TestClient(build(settings, scripted.ScriptedDesk(settings)), base_url="http://127.0.0.1")


def test_the_chooser_has_its_links_and_the_notice(client: TestClient) -> None:
    page = client.get("/").text
    assert re.findall(r'href="([^"]+)"', page) == [
        "/clinician/",
        "/calculators",
        "/library",
        "/patient/",
        "/lab/",
        "/research/",
    ]
    assert NOTICE in page
    assert "computer program (AI)" in page


def test_healthz_answers_before_anything_is_loaded(tmp_path: Path) -> None:
    """In a process of its own: other tests load the pages' library."""
    asked = (
        "import sys; from pathlib import Path; from starlette.testclient import TestClient; import scripted\n"
        "from assistant.service.app import build; from assistant.settings import Settings\n"
        "settings = Settings(data_dir=Path(sys.argv[1]))\n"
        "client = TestClient(build(settings, scripted.ScriptedDesk(settings)), base_url='http://127.0.0.1')\n"
        "print(client.get('/healthz').json(), 'gradio' in sys.modules)\n"
    )
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).parent), "GRADIO_TEMP_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", asked, str(tmp_path)], env=here, capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[-2] == "{'status': 'up'} False"


def test_readyz_names_each_part(client: TestClient) -> None:
    reply = client.get("/readyz")
    assert reply.status_code == 503
    assert reply.json() == {"ready": False, "parts": {"pages": False, "loop": True, "library": True}}


@pytest.mark.parametrize("path", ["/clinician", "/clinician/", "/patient"])
def test_before_the_pages_are_there_a_small_page_waits_for_them(client: TestClient, path: str) -> None:
    reply = client.get(path)
    assert reply.status_code == 200
    assert 'http-equiv="refresh"' in reply.text
    assert "emergency" in reply.text


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/clinician", "/nothing", "/clinician/gradio_api/file=/etc/passwd"]
)
def test_every_reply_carries_the_headers(client: TestClient, path: str) -> None:
    reply = client.get(path)
    for name, value in headers.HEADERS.items():
        assert reply.headers[name] == value
    assert reply.headers["Cache-Control"] == "no-store"


def test_the_policy_is_the_strict_one() -> None:
    assert "unsafe-eval" not in headers.POLICY
    assert "default-src 'self';" in headers.POLICY
    assert "frame-ancestors 'none'" in headers.POLICY
    assert "http" not in headers.POLICY


@pytest.mark.parametrize("mount", ["clinician", "patient"])
@pytest.mark.parametrize(
    "inside",
    [
        "gradio_api/file=/etc/passwd",
        "gradio_api/file/etc/passwd",
        "gradio_api/file%3D/etc/passwd",
        "gradio_api//file=/etc/passwd",
        "/gradio_api/file=/etc/passwd",
        "gradio_api/proxy=https://evil.example",
        "gradio_api/process_recording",
        "gradio_api/vibe-code",
        "gradio_api/info",
        "gradio_api/run/predict",
        "gradio_api",
        "file=/etc/passwd",
        "monitoring",
        "login",
    ],
)
def test_gradio_routes_that_no_page_needs_do_not_exist(client: TestClient, mount: str, inside: str) -> None:
    assert client.get(f"/{mount}/{inside}").status_code == 404
    assert client.post(f"/{mount}/{inside}").status_code == 404


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_web_site_cannot_post(client: TestClient, site: str) -> None:
    reply = client.post("/clinician/gradio_api/queue/join", headers={"Sec-Fetch-Site": site}, json={})
    assert reply.status_code == 403


def test_a_foreign_host_name_is_refused(client: TestClient) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_the_upload_folder_is_ours_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", "put back afterwards")
    folder = prepare_uploads(tmp_path / "data")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_taken_port_is_said_in_one_line(scripted: ModuleType, tmp_path: Path) -> None:
    import socket

    from assistant.service.app import _listening

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(SystemExit, match=r"^Port \d+ cannot be used .*PORT=\d+$"):
            _listening("127.0.0.1", other.getsockname()[1])


def test_importing_the_service_loads_nothing_heavy() -> None:
    heavy = "gradio langchain torch chromadb transformers pandas"
    code = f"import sys, assistant.service.app; print([m for m in '{heavy}'.split() if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr


def test_no_page_uses_a_public_link_or_raw_html() -> None:
    code = "".join(
        path.read_text()
        for folder in ("ui", "service")
        for path in (ROOT / "assistant" / folder).glob("*.py")
    )
    for word in ("share=", "gr.HTML", "allow_tags=True", "sanitize_html=False"):
        assert word not in code
