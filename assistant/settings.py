"""The settings: one frozen object, read once at the edge and handed on.

Order, the later winning: defaults, ``consilium.toml``, environment (``CONSILIUM_MODEL__NAME``), command line.
``Settings()`` alone is the defaults and reads nothing; :func:`load` reads. A wrong or unknown key stops the
program with one line that names section, key and the nearest right one. What can be set stands in
:mod:`assistant.settings_sections`.
``python -m assistant.settings --example`` prints every setting with its default.
"""

from __future__ import annotations

import ipaddress
import json
import os
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    PrivateAttr,
    SecretStr,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from rapidfuzz import fuzz, process

from assistant.settings_sections import (
    Limits,
    Login,
    Model,
    Privacy,
    Retrieval,
    Section,
    Service,
    Tools,
    Triage,
)

__all__ = [
    "PREFIX", "PUBMED", "ROOT", "TOML", "Limits", "Login", "Model", "Privacy", "Retrieval", "Row", "Section", "Service",
    "Settings", "SettingsError", "Tools", "Triage", "effective", "example", "is_loopback", "load",
    "refuse_unknown_tools",
]  # fmt: skip

ROOT = Path(__file__).resolve().parent.parent
TOML = ROOT / "consilium.toml"
PREFIX = "CONSILIUM_"
PUBMED = "eutils.ncbi.nlm.nih.gov"
"""The one host that ``[retrieval] online`` opens."""
READ_ELSEWHERE = ("CONSILIUM_KEY_FILE", "CONSILIUM_SHARED", "CONSILIUM_IMAGING_MODELS")
"""Variables with our prefix that are no settings: the key file, the data folder of the tests, this machine's models."""


class SettingsError(ValueError):
    """A setting is wrong or unknown; one line with section, key and the mend. Never holds a secret."""


def is_loopback(host: str) -> bool:
    """True for ``localhost`` and for the addresses that never leave the machine (127.0.0.0/8, ::1)."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _from_the_checkout(path: Path) -> Path:
    return ROOT / path.expanduser()


class Settings(BaseSettings):
    """All settings. Made directly it holds the defaults and what is passed; :func:`load` reads the rest."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        use_attribute_docstrings=True,
        validate_default=True,
    )

    country: Annotated[str, StringConstraints(pattern=r"^([A-Za-z]{2})?$", to_upper=True)] = ""
    """Two letters (ISO 3166), for emergency numbers; empty: asked for."""
    data_dir: Annotated[Path, AfterValidator(_from_the_checkout)] = Path("var")
    """Where keys, audit, archive and uploads lie; a relative path starts at the checkout."""
    model: Model = Model()
    retrieval: Retrieval = Retrieval()
    tools: Tools = Tools()
    service: Service = Service()
    login: Login = Login()
    triage: Triage = Triage()
    privacy: Privacy = Privacy()
    limits: Limits = Limits()
    _origins: dict[str, str] = PrivateAttr(default_factory=dict)

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, *_: Any, **__: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)

    @model_validator(mode="after")
    def _stays_on_this_machine(self) -> Settings:
        if self.login.mode == "local" and not is_loopback(self.service.host):
            raise ValueError(
                f'[service] host = "{self.service.host}": with [login] mode = "local" there is no login, '
                "so only this machine may connect; the nearest right value is 127.0.0.1"
            )
        return self

    @property
    def hosts(self) -> dict[str, str]:
        """Each outside host that a setting names, and that setting; everything else is refused."""
        named = {"[model] base_url": self.model.base_url, "[retrieval] chroma_url": self.retrieval.chroma_url}
        found = {urlsplit(address).hostname or "": setting for setting, address in named.items() if address}
        if self.retrieval.online:
            found[PUBMED] = "[retrieval] online"
        return {host: setting for host, setting in found.items() if not is_loopback(host)}


Layer = dict[str, Any]


def load(toml: Path | None = None, **overrides: Any) -> Settings:
    """The settings in force.

    ``toml`` is the file to read; by default ``consilium.toml`` of the checkout, where there is one. Overrides
    are written ``service__port=8080`` or ``service={"port": 8080}``; one that is None was not given.

    Raises:
        SettingsError: the file cannot be read, holds a secret, or a key or value is wrong.
    """
    file = toml or TOML
    layers: dict[str, Layer] = {}
    if toml or file.exists():
        layers[file.name] = _of_file(file)
    layers["environment"] = _of_environment()
    layers["command line"] = _of_overrides(overrides)
    merged: Layer = {}
    origins: dict[str, str] = {}
    for origin, layer in layers.items():
        _merge(merged, layer)
        origins |= dict.fromkeys(_names(layer), origin)
    try:
        settings = Settings(**merged)
    except ValidationError as wrong:
        raise SettingsError("; ".join(_in_words(error, origins) for error in wrong.errors())) from None
    settings._origins = origins
    return settings


def _of_file(file: Path) -> Layer:
    try:
        layer = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as trouble:
        raise SettingsError(f"{file.name} cannot be read: {trouble}") from None
    for name in _names(layer):
        section, _, key = name.partition(".")
        if name in _secrets():
            variable = f"{PREFIX}{section}__{key}".upper()
            raise SettingsError(
                f"{file.name}: [{section}] {key} is a secret and must not stand in a file; "
                f"set {variable} instead"
            )
    return layer


def _of_environment() -> Layer:
    known = {*READ_ELSEWHERE, *(_variable(name) for name in _fields())}
    for variable in sorted(name.upper() for name in os.environ if name.upper().startswith(PREFIX)):
        section, nested, _ = variable.removeprefix(PREFIX).partition("__")
        if section.lower() in _sections() and not nested:
            raise SettingsError(f"environment: {variable} is a section; set {variable}__KEY")
        if variable in known or section.lower() in _sections():
            continue
        near = _nearest(variable, known, at_least=0 if nested else 88)
        if near:  # a name without "__" that resembles none of ours belongs to somebody else
            raise SettingsError(f"environment: there is no setting {variable}; did you mean {near}?")
    return EnvSettingsSource(Settings)()


def _of_overrides(overrides: Mapping[str, Any]) -> Layer:
    layer: Layer = {}
    for name, value in overrides.items():
        section, nested, key = name.partition("__")
        if value is not None:
            _merge(layer, {section: {key: value}} if nested else {section: value})
    return layer


def _merge(below: Layer, above: Layer) -> None:
    for name, value in above.items():
        if isinstance(value, dict) and isinstance(below.get(name), dict):
            below[name] = below[name] | value
        else:
            below[name] = dict(value) if isinstance(value, dict) else value


def _names(layer: Layer) -> list[str]:
    """The settings that a layer sets, as "section.key" or "key"."""
    return [
        f"{name}.{key}" if key else name
        for name, value in layer.items()
        for key in (value if isinstance(value, dict) else [""])
    ]


def _sections() -> dict[str, type[Section]]:
    return {
        name: field.annotation
        for name, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section)
    }


def _fields() -> dict[str, FieldInfo]:
    """Every setting by "section.key" or "key", those without a section first."""
    sections = _sections()
    plain = {name: field for name, field in Settings.model_fields.items() if name not in sections}
    nested = {
        f"{name}.{key}": field for name in sections for key, field in sections[name].model_fields.items()
    }
    return plain | nested


def _secrets() -> frozenset[str]:
    return frozenset(name for name, field in _fields().items() if "SecretStr" in str(field.annotation))


def _variable(name: str) -> str:
    return PREFIX + name.replace(".", "__").upper()


def _nearest(word: str, choices: Iterable[str], at_least: float = 55) -> str:
    """The most similar of the choices, or nothing if none is similar."""
    match = process.extractOne(word, sorted(choices), scorer=fuzz.ratio, score_cutoff=at_least)
    return match[0] if match else ""


def _in_words(error: Any, origins: Mapping[str, str]) -> str:
    """One line for one of pydantic's errors; the value is shown unless it is a secret."""
    steps = [str(step) for step in error["loc"]][:2]
    name = ".".join(steps)
    where = f"{origins.get(name, 'settings')}: "
    said = f"[{steps[0]}] {steps[1]}" if len(steps) == 2 else name
    if error["type"] == "extra_forbidden":
        return where + _no_such(steps)
    message = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "model_type":
        return f"{where}{said} is a section: write [{said}] and its keys below it"
    if not steps or (len(steps) == 1 and steps[0] in _sections()):
        return message
    if name in _secrets():
        return f"{where}{said}: {message}"
    hint = ""
    if error["type"] == "literal_error":
        right = [part.strip("' ") for part in error["ctx"]["expected"].replace(" or ", ", ").split(",")]
        near = _nearest(str(error["input"]), right)
        hint = f'; did you mean "{near}"?' if near else ""
    shown = json.dumps(error["input"], default=str, ensure_ascii=False)
    return f"{where}{said} = {shown:.80}: {message}{hint}"


def _no_such(steps: list[str]) -> str:
    if len(steps) == 1:
        near = _nearest(steps[0], Settings.model_fields)
        return f"there is no section or setting '{steps[0]}'" + (f"; did you mean '{near}'?" if near else "")
    section, key = steps
    keys = list(_sections()[section].model_fields) if section in _sections() else []
    near = _nearest(key, keys)
    hint = f"did you mean '{near}'?" if near else f"it has: {', '.join(keys)}"
    return f"[{section}] has no setting '{key}'; {hint}"


def refuse_unknown_tools(settings: Settings, known: Iterable[str]) -> None:
    """Refuse a switched-off tool that does not exist: a typo would leave the real one on.

    Raises:
        SettingsError: names the tool and the nearest right one.
    """
    names = list(known)
    for name in settings.tools.disabled:
        if name not in names:
            near = _nearest(name, names)
            hint = f"did you mean '{near}'?" if near else f"the tools are: {', '.join(names)}"
            raise SettingsError(f"[tools] disabled: there is no tool '{name}'; {hint}")


class Row(NamedTuple):
    """One setting in force: "section.key", its value as TOML (secrets masked), and where it comes from."""

    name: str
    value: str
    origin: str


def effective(settings: Settings) -> tuple[Row, ...]:
    """Every setting in force with its origin: "default", the file's name, "environment" or "command line"."""
    rows = []
    for name in _fields():
        section, _, key = name.rpartition(".")
        value = getattr(getattr(settings, section) if section else settings, key)
        rows.append(Row(name, _as_toml(value), settings._origins.get(name, "default")))
    return tuple(rows)


def _as_toml(value: object) -> str:
    if isinstance(value, SecretStr):
        return "********"
    if value is None:
        return "(not set)"
    if isinstance(value, Path):
        value = str(value)
    return json.dumps(value, ensure_ascii=False)


def example() -> str:
    """``consilium.example.toml``: every setting with its default and one line on it."""
    lines = ["# Every setting with its default. Copy to consilium.toml and change what you need."]
    lines += ["# Made by: python -m assistant.settings --example", ""]
    sections = _sections()
    shown = ""
    for name, field in _fields().items():
        section, _, key = name.rpartition(".")
        if section != shown:
            lines += ["", f"# {(sections[section].__doc__ or '').strip()}", f"[{section}]"]
            shown = section
        lines.append(f"# {field.description}")
        if name not in _secrets():
            lines.append(f"{key} = {_as_toml(field.default)}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if sys.argv[1:] != ["--example"]:
        sys.exit("usage: python -m assistant.settings --example")
    sys.stdout.write(example())
