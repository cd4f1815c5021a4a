"""A server that speaks the OpenAI protocol on loopback, one held paper, and a turn around them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from assistant import loop
from assistant.answer import Answer, Attachment, Role
from assistant.models.connected import Connected, connected
from assistant.settings import Limits, Model, Settings
from assistant.turn import Earlier, Turn, TurnInput
from assistant.verify.quotes import Held, plain
from retrieval.evidence import Depth, Evidence, Finding, Kind, Source, ToolResult, found
from tools import registry
from tools.registry import Context

PAPER = "Apixaban reduced stroke or systemic embolism by 21% against warfarin."
WORDED = "Against warfarin, apixaban lowered stroke or systemic embolism by 21%."
SECRET = "/secret/folder/of/the/session.png"

Body = dict[str, Any]
Reply = tuple[int, Any]


class Stub:
    """Answers each request by ``say``; keeps the requests."""

    def __init__(self, say: Callable[[Body], Reply]) -> None:
        self.asked: list[Body] = []
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                stub.asked.append(body)
                status, reply = say(body)
                data = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except (BrokenPipeError, ConnectionResetError):
                    return  # the client has given up waiting

            def log_message(self, format: str, *args: Any) -> None:
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self.server.server_port}/v1"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def message(**said: Any) -> Reply:
    """A chat completion."""
    return 200, {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "stub",
        "choices": [
            {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": None, **said}}
        ],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }


def tool_call(name: str, arguments: Mapping[str, Any] | str) -> Reply:
    """A completion with one native tool call; every call has the same id, as some servers do it."""
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return message(
        tool_calls=[{"id": "x", "type": "function", "function": {"name": name, "arguments": text}}]
    )


def said(body: Body) -> str:
    """Everything that stands in a request, as one text."""
    return json.dumps(body["messages"])


def native(body: Body, text: str = WORDED) -> Reply:
    """A model with tool calls of its own: it adds, it searches, then it drafts."""
    names = [entry["function"]["name"] for entry in body.get("tools", ())]
    if names == ["add"]:
        return tool_call("add", {"a": 2, "b": 3})
    if "evidence=t1c1e1" not in said(body):
        return tool_call("search_literature", {"question": "apixaban"})
    return tool_call("Draft", {"sentences": [{"text": text, "evidence": ["t1c1e1"]}]})


def forced(body: Body, text: str = WORDED) -> Reply:
    """A model that ignores tools and holds to a JSON schema: it takes the last call that the schema offers."""
    if "response_format" not in body:
        return message(content="2 and 3 are 5.")
    offered = body["response_format"]["json_schema"]["schema"]["anyOf"]
    names = [choice["properties"]["tool"]["const"] for choice in offered]
    if "Draft" not in names:
        return message(content=json.dumps({"tool": names[0], "arguments": {"question": "apixaban"}}))
    sentences = offered[-1]["properties"]["arguments"]["properties"]["sentences"]
    ids = sentences["items"]["properties"]["evidence"]["enum"]
    drafted = {"sentences": [{"evidence": ids[0], "text": text}]}
    return message(content=json.dumps({"tool": "Draft", "arguments": drafted}))


class Papers:
    """Holds one text."""

    def text(self, source_id: str) -> str | None:
        return PAPER if source_id == "card:apixaban" else None

    def holding(self, quote: str) -> tuple[str, ...]:
        return ("card:apixaban",) if plain(quote) in plain(PAPER) else ()


def result() -> ToolResult:
    source = Source(
        id="card:apixaban", title="A", version="1", licence="made here", depth=Depth.ABSTRACT, pmid="1"
    )
    evidence = Evidence(source=source, quote=PAPER)
    return found(Finding(statement=PAPER, evidence=(evidence,), kind=Kind.LITERATURE))


class Bench:
    """What the tests use: servers, settings, whole turns."""

    paper, worded, secret = PAPER, WORDED, SECRET
    native, forced = staticmethod(native), staticmethod(forced)
    message, tool_call, said = staticmethod(message), staticmethod(tool_call), staticmethod(said)

    def __init__(self) -> None:
        self.running: list[Stub] = []

    def serve(self, say: Callable[[Body], Reply]) -> Stub:
        self.running.append(Stub(say))
        return self.running[-1]

    def settings(self, base_url: str, **more: Any) -> Settings:
        model = Model(
            **{"provider": "openai", "name": "stub", "base_url": base_url, "timeout_s": 5.0, **more}
        )
        return Settings(model=model, limits=Limits(turn_seconds=10))

    def turn(self, question: str = "Does apixaban reduce stroke?", earlier: tuple[Earlier, ...] = ()) -> Turn:
        file = Attachment(id="file1", name="my own name.png", kind="image", path=SECRET)
        given = TurnInput(
            turn=1, role=Role.CLINICIAN, question=question, attachments=(file,), earlier=earlier
        )
        return Turn(given=given, context=Context(role=Role.CLINICIAN), answer_id="a1", session="s1")

    def ask(self, settings: Settings, turn: Turn | None = None, model: Connected | None = None) -> Answer:
        """One whole turn through the loop."""
        turn = turn or self.turn()
        agent = loop.build(
            model or connected(settings.model), settings, Role.CLINICIAN, lambda: Held((Papers(),))
        )
        for _ in loop.run(agent, turn):
            pass
        assert turn.answer is not None
        return turn.answer


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """The tools answer with the one paper; no model is remembered from an earlier test."""

    def call(name: str, inputs: Mapping[str, Any], context: Any = None) -> ToolResult:
        return result().model_copy(update={"tool": name, "inputs": dict(inputs)})

    monkeypatch.setattr(registry, "call", call)
    connected.cache_clear()
    made = Bench()
    yield made
    connected.cache_clear()
    for stub in made.running:
        stub.stop()
