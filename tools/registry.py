"""The registry: each tool is one typed function with a docstring; the registry validates, times and stamps.

A tool is written like this, in a module of its own named in :data:`MODULES`::

    @tool(title="Literature search", roles=("clinician", "patient"))
    def search_literature(question: str, k: int = 5) -> ToolResult:
        \"\"\"Find passages of the literature that answer a question. ...\"\"\"

The schema a model sees comes from the signature, its description from the docstring; a person is shown the title, and
logs, audit and JSON hold the name. A parameter annotated with
:class:`Context` is handed in by the caller of the registry and is no part of the schema.
"""

from __future__ import annotations

import importlib
import inspect
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from retrieval.evidence import ToolResult, bad_input
from retrieval.patient import Patient
from tools.mistakes import mistakes

MODULES = (
    "tools.literature",
    "tools.variants",
    "tools.genome",
    "tools.pharmacogenes",
    "tools.check_drugs",
    "tools.treatment_options",
    "tools.calculate",
    "tools.drug_label",
    "tools.read_image",
    "tools.simulate_drug",
    "tools.molecule_profile",
    "tools.design_molecules",
    "tools.triage.tool",
)
"""Where the tools are written, in the order in which a model sees them."""

ToolFunction = Callable[..., ToolResult]


@dataclass(frozen=True)
class Attached:
    """A file of the session as a tool sees it: the kind by its first bytes, and where to read it."""

    kind: str
    path: str


@dataclass(frozen=True)
class Context:
    """What the session hands to a tool beside the model's arguments; none of it comes from a model."""

    attachments: Mapping[str, Attached] = field(default_factory=dict)
    patient: Patient = field(default_factory=Patient)
    role: str = "clinician"
    country: str = ""


@dataclass(frozen=True)
class Tool:
    """A registered tool. ``inputs`` is the pydantic model of its arguments."""

    name: str
    title: str
    """What a person is shown in the place of the name."""
    description: str
    inputs: type[BaseModel]
    function: ToolFunction
    roles: tuple[str, ...]
    context: str | None
    """Name of the parameter that takes the :class:`Context`, if there is one."""

    @property
    def schema(self) -> dict[str, Any]:
        """Name, description and JSON schema of the arguments, as a model is shown it."""
        schema = self.inputs.model_json_schema()
        schema.pop("title", None)
        return {"name": self.name, "description": self.description, "parameters": schema}


_registered: dict[str, Tool] = {}


def tool(*, title: str, roles: tuple[str, ...] = ("clinician",)) -> Callable[[ToolFunction], ToolFunction]:
    """Register the function under its own name for the given roles; ``title`` is its name for people.

    Raises:
        ValueError: the function has no docstring, or its name is taken by a function of another module.
    """

    def register(function: ToolFunction) -> ToolFunction:
        name = function.__name__
        description = inspect.getdoc(function)
        if not description:
            raise ValueError(f"the tool {name} needs a docstring: it is what a model reads")
        known = _registered.get(name)
        if known is not None and known.function.__module__ != function.__module__:
            raise ValueError(f"two tools are named {name}")
        inputs, context = _inputs_of(function)
        _registered[name] = Tool(name, title, description, inputs, function, roles, context)
        return function

    return register


def _inputs_of(function: ToolFunction) -> tuple[type[BaseModel], str | None]:
    hints = get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {}
    context = None
    for name, parameter in inspect.signature(function).parameters.items():
        if hints[name] is Context:
            context = name
            continue
        required = parameter.default is inspect.Parameter.empty
        fields[name] = (hints[name], ... if required else parameter.default)
    model: type[BaseModel] = create_model(
        function.__name__, __config__=ConfigDict(extra="forbid", str_strip_whitespace=True), **fields
    )
    return model, context


@cache
def tools() -> Mapping[str, Tool]:
    """All tools by name, in the order of :data:`MODULES`. Imports their modules on first use."""
    for module in MODULES:
        importlib.import_module(module)
    return {
        name: entry
        for module in MODULES
        for name, entry in _registered.items()
        if entry.function.__module__ == module
    }


def tools_for(role: str) -> tuple[Tool, ...]:
    """The tools that a role may call."""
    return tuple(entry for entry in tools().values() if role in entry.roles)


def title_of(name: str) -> str:
    """What a person is shown in the place of a tool's name; a name that is not registered is shown in plain words."""
    return tools()[name].title if name in tools() else name.replace("_", " ")


def call(name: str, inputs: Mapping[str, Any], context: Context | None = None) -> ToolResult:
    """Call a tool with untrusted inputs.

    Returns one of the six outcomes; wrong names and wrong arguments are ``bad_input`` and say what to mend. An
    exception of the tool itself is a bug and propagates: the one boundary that catches it is the assistant's.
    """
    context = context or Context()
    allowed = {entry.name: entry for entry in tools_for(context.role)}
    if name not in allowed:
        note = f"There is no tool '{name}' here. The tools are: {', '.join(allowed)}."
        return _stamped(bad_input(note), name, inputs, 0.0)
    entry = allowed[name]
    started = time.perf_counter()
    try:
        arguments = entry.inputs.model_validate(dict(inputs))
    except ValidationError as wrong:
        return _stamped(bad_input(f"The arguments do not fit: {mistakes(wrong)}."), name, inputs, 0.0)
    given: dict[str, Any] = {key: getattr(arguments, key) for key in entry.inputs.model_fields}
    if entry.context:
        given[entry.context] = context
    result = entry.function(**given)
    if not isinstance(result, ToolResult):
        raise TypeError(f"the tool {name} returned {type(result).__name__}, not a ToolResult")
    return _stamped(result, name, arguments.model_dump(mode="json"), time.perf_counter() - started)


def _stamped(result: ToolResult, name: str, inputs: Mapping[str, Any], seconds: float) -> ToolResult:
    return result.model_copy(update={"tool": name or "unnamed", "inputs": dict(inputs), "seconds": seconds})


def schema_tokens() -> int:
    """Size of all schemas together, in tokens (characters / 4)."""
    return sum(len(json.dumps(entry.schema)) for entry in tools().values()) // 4
