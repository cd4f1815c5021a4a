"""The sections of the settings: what can be set, with its default, its limits and one line that explains it."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import NoDecode


def _address(value: str) -> str:
    if not value:
        return value
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address like http://127.0.0.1:8000/v1")
    if parts.username or parts.password:
        raise ValueError("must not carry a user name or password")
    return value


def _email(value: str) -> str:
    if value and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        raise ValueError("must be an e-mail address")
    return value


def _listed(value: object) -> object:
    """From the environment a list comes as "a, b"."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Address = Annotated[str, AfterValidator(_address)]
Positive = Annotated[int, Field(ge=1)]


class Section(BaseModel):
    """One ``[section]``. Each forbids unknown keys itself: the outer class does not do it for them."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Model(Section):
    """Which model plans and words an answer; every one stands behind the same checks."""

    provider: Literal["rules", "openai", "local"] = "rules"
    """"rules" (no language model), "openai" (any server that speaks its protocol), "local" (a GGUF file)."""
    name: str = ""
    """The model's name at the server, or the GGUF's name or path."""
    base_url: Address = ""
    """Address of the OpenAI-compatible server; without one nothing is ever sent anywhere."""
    api_key: SecretStr | None = None
    """The server's key: by environment only, CONSILIUM_MODEL__API_KEY; refused in a file."""
    timeout_s: Annotated[float, Field(gt=0)] = 60
    """Seconds to wait for one reply of the model."""
    plan: Literal["rules", "model"] = "model"
    """Who chooses the tools when a model is connected."""
    word: Literal["rules", "model"] = "model"
    """Who words the findings when a model is connected."""
    tool_calls: Literal["auto", "native", "forced"] = "auto"
    """How the model calls tools: its own way, forced by a schema, or found out by a trial call."""
    context_tokens: Annotated[int, Field(ge=512)] = 8192
    """How many tokens the model reads at once."""

    @model_validator(mode="after")
    def _server_is_named(self) -> Model:
        if self.provider == "openai" and not (self.base_url and self.name):
            raise ValueError('[model] provider = "openai" needs base_url and name')
        return self


class Retrieval(Section):
    """Where the literature is searched, by which models, and how more of it is brought."""

    chroma_url: Address = ""
    """A Chroma server; empty: the index on this machine."""
    contact_email: Annotated[str, AfterValidator(_email)] = ""
    """Sent to PubMed with every request, as NCBI asks; needed by `literature pull pubmed` and by online."""
    ncbi_key: SecretStr | None = None
    """NCBI's key, for 10 requests a second: by environment only, CONSILIUM_RETRIEVAL__NCBI_KEY; refused in a file."""
    online: bool = False
    """May PubMed be asked while a question is answered; only names of our own vocabulary are sent."""
    encoder: str = ""
    """Folder of another sentence-transformers model; empty: the MiniLM that ships. The index is then made anew."""
    reranker: str = ""
    """Folder of a cross-encoder that reads the best passages again; empty: none."""

    @model_validator(mode="after")
    def _pubmed_knows_who_asks(self) -> Retrieval:
        if self.online and not self.contact_email:
            raise ValueError(
                "[retrieval] online = true needs contact_email: NCBI asks who sends the requests"
            )
        return self


class Tools(Section):
    """The tools an answer may call."""

    disabled: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)] = ()
    """Tools that are switched off for everybody."""


class Service(Section):
    """Where the pages are served."""

    host: str = "127.0.0.1"
    """Address to listen on; with the local login only this machine's own."""
    port: Annotated[int, Field(ge=0, le=65535)] = 7860
    """Port to listen on; 0 takes a free one."""


class Login(Section):
    """Who may come in."""

    mode: Literal["local"] = "local"
    """"local": one user, on this machine."""


class Triage(Section):
    """Who reads a patient's message for danger signs beside the rules; it may raise the urgency, never lower it."""

    second_reader: bool = True
    """The small learned reader that ships; off: rules alone."""
    model_reads: bool = False
    """The connected chat model too, one call more for each message."""


class Privacy(Section):
    """What is kept."""

    archive: bool = True
    """Keep questions and answers, encrypted, so that an answer can be replayed."""
    retention_days: Positive = 30
    """Days after which they are forgotten."""


class Limits(Section):
    """How much at most."""

    message_characters: Positive = 50_000
    """Characters of a message; the red-flag gate reads a longer one all the same."""
    turn_seconds: Annotated[float, Field(gt=0)] = 60
    """Seconds of a turn; then the answer so far is shown."""
    model_calls: Positive = 8
    """Calls of the model in a turn."""
    tool_calls: Positive = 16
    """Calls of tools in a turn."""
    upload_bytes: Positive = 20_000_000
    """Size of one uploaded file."""
    uploads: Positive = 20
    """Files of a session."""
    turns: Positive = 200
    """Turns of a session."""
