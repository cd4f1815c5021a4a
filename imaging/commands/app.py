"""The verbs of the imaging part as one typer application; nothing heavy is imported before a verb runs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec

import typer

from imaging.commands import data, enhance, evaluate, generate, look, models, train

Given = ParamSpec("Given")
Ready = Callable[[], object]

HELP = "Medical pictures: read, train, generate, enhance, evaluate. Research use, not a diagnosis."


def build(ready: Ready = lambda: None) -> typer.Typer:
    """The application; ``ready`` is called before each verb, and not for ``--help``."""
    app = typer.Typer(
        no_args_is_help=True, add_completion=False, pretty_exceptions_show_locals=False, help=HELP
    )
    app.command("look")(_after(ready, look.look))
    app.command("train", context_settings=train.CONTEXT)(_after(ready, train.train))
    app.command("generate")(_after(ready, generate.generate))
    app.command("enhance")(_after(ready, enhance.enhance))
    app.command("evaluate")(_after(ready, evaluate.evaluate))
    app.add_typer(_group(models.VERBS, models.HELP, ready), name="models")
    app.add_typer(_group(data.VERBS, data.HELP, ready), name="data")
    return app


def _group(verbs: dict[str, Callable[..., None]], words: str, ready: Ready) -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, help=words, callback=lambda: None)
    for name, verb in verbs.items():
        group.command(name)(_after(ready, verb))
    return group


def _after(ready: Ready, verb: Callable[Given, None]) -> Callable[Given, None]:
    @functools.wraps(verb)
    def prepared(*given: Given.args, **named: Given.kwargs) -> None:
        ready()
        verb(*given, **named)

    return prepared
