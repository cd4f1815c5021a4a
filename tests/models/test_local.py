"""A model on this machine: what is missing is named; the whole path runs with SmolLM2 where both are here.

Mechanics only: SmolLM2 is too small to plan or word anything. Name its file by CONSILIUM_TEST_GGUF, or fetch it:
consilium models fetch smollm2-135m.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from assistant.models import local
from assistant.models.connected import connected
from assistant.models.fetch import held_file
from assistant.models.local import LocalServer, ModelMissing, located
from assistant.settings import Model

ROOT = Path(__file__).resolve().parents[2]


def test_a_missing_model_names_the_command(tmp_path: Path) -> None:
    for name in ("nothing", str(tmp_path / "nothing.gguf")):
        with pytest.raises(ModelMissing, match="consilium models fetch"):
            located(name)


def test_a_file_is_taken_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.gguf"
    path.write_bytes(b"GGUF")
    assert located(str(path)) == path


def test_a_missing_runtime_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.gguf"
    path.write_bytes(b"GGUF")
    monkeypatch.setattr(local, "find_spec", lambda _: None)
    with pytest.raises(ModelMissing, match="--extra local-llm"):
        LocalServer(Model(provider="local", name=str(path)))


@pytest.fixture
def gguf() -> str:
    """The small model's file."""
    if find_spec("xllamacpp") is None:
        pytest.skip("xllamacpp is not installed (extra local-llm)")
    path = os.environ.get("CONSILIUM_TEST_GGUF") or held_file("smollm2-135m")
    if path is None or not Path(path).is_file():
        pytest.skip("SmolLM2 is not here: consilium models fetch smollm2-135m, or CONSILIUM_TEST_GGUF")
    return str(path)


@pytest.fixture
def settings(gguf: str, bench: Any) -> Iterator[Any]:
    """The small model by its path; stopped afterwards."""
    made = bench.settings("", provider="local", name=gguf, timeout_s=120)
    made = made.model_copy(update={"limits": made.limits.model_copy(update={"turn_seconds": 240})})
    yield made
    connected(made.model).close()


real = [pytest.mark.slow, pytest.mark.network]


def slow(test: Any) -> Any:
    """Loads the real model."""
    for mark in real:
        test = mark(test)
    return test


@slow
def test_a_whole_turn_with_the_real_model(settings: Any, bench: Any) -> None:
    answer = bench.ask(settings)
    assert answer.claims
    assert answer.calls
    assert {call.failed for call in answer.calls} == {False}
    model = connected(settings.model)
    assert model.loaded.here is not None
    assert model.loaded.here.alive
    assert "/" not in answer.wording


@slow
def test_the_reply_is_a_call_and_the_draft_names_known_evidence(settings: Any, bench: Any) -> None:
    from assistant.answer import Role
    from assistant.langchain_tools import langchain_tools
    from assistant.models.rules import GIVEN
    from assistant.turn import Draft

    model = connected(settings.model).bind_tools([*langchain_tools(Role.CLINICIAN), Draft])
    given = bench.turn().given.model_dump(mode="json")
    asked: list[Any] = [
        SystemMessage(content="You call tools."),
        HumanMessage(content="Does apixaban reduce stroke?", additional_kwargs={GIVEN: given}),
    ]
    first = model.invoke(asked)
    assert first.tool_calls
    assert first.tool_calls[0]["name"] != "Draft"
    from langchain_core.messages import ToolMessage

    found = f"outcome: found\n<finding evidence=t1c1e1 depth='abstract'>{bench.paper}</finding>"
    call = first.tool_calls[0]
    again = HumanMessage(content="Call Draft.", additional_kwargs={"reask": True})
    draft = model.invoke(
        [*asked, first, ToolMessage(found, tool_call_id=call["id"], name=call["name"]), again]
    )
    assert [made["name"] for made in draft.tool_calls] == ["Draft"]
    for sentence in draft.tool_calls[0]["args"]["sentences"]:
        assert set(sentence["evidence"]) == {"t1c1e1"}


@slow
def test_the_same_server_by_its_address(settings: Any, bench: Any) -> None:
    connected(settings.model).model()
    here = connected(settings.model).loaded.here
    assert here is not None
    outside = bench.settings(here.base_url, name="smollm2", api_key=here.api_key, timeout_s=60)
    answer = bench.ask(outside)
    assert answer.claims
    assert not [note for note in answer.notes if "key" in note or "reached" in note]
    wrong = bench.ask(bench.settings(here.base_url, name="smollm2", api_key="wrong"))
    assert "refused the key" in wrong.notes[0]


@slow
def test_two_sessions_at_once_share_one_server(settings: Any, bench: Any) -> None:
    answers: list[Any] = []
    threads = [threading.Thread(target=lambda: answers.append(bench.ask(settings))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 2
    assert all(answer.claims for answer in answers)


@slow
def test_a_server_that_is_killed_in_the_middle_is_started_again(settings: Any, bench: Any) -> None:
    model = connected(settings.model)
    model.model()
    first = model.loaded.here
    assert first is not None
    threading.Timer(0.5, first._process.kill).start()
    answer = bench.ask(settings)
    assert answer.claims
    assert [note for note in answer.notes if "could not be reached; rules did that step" in note]
    assert not first.alive
    again = bench.ask(settings)
    assert again.claims
    assert not any("reached" in note for note in again.notes)
    assert model.loaded.here is not first


@slow
def test_a_broken_file_is_named(gguf: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.gguf"
    path.write_bytes(Path(gguf).read_bytes()[:4096])
    with pytest.raises(ModelMissing, match=r"broken\.gguf cannot be loaded"):
        LocalServer(Model(provider="local", name=str(path)))


LEAVES = """
import sys, threading, time
from assistant.models.connected import connected
from assistant.settings import Model
model = connected(Model(provider="local", name=sys.argv[1]))
model.model()
print(model.loaded.here._process.pid, flush=True)
threading.Thread(target=model.invoke, args=("Tell a story of a thousand words.",), daemon=True).start()
time.sleep(1)
"""


@slow
def test_the_assistant_takes_the_server_along_when_it_ends(gguf: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LEAVES, gguf],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)
