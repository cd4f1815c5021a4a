"""The verbs and what they share: settings at the edge, exit codes, JSON or prose."""

from __future__ import annotations

from importlib.metadata import entry_points

import typer

from assistant.cli import (
    ask,
    audit,
    calculate,
    design,
    drugs,
    image,
    knowledge,
    literature,
    models,
    options,
    packs,
    replay,
    serve,
    settings,
    simulate,
    tools,
    triage,
    variants,
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    help="Clinical decision support: every sentence carries its evidence. Research software, not a medical device.",
)
app.command("ask")(ask.ask)
app.command("serve")(serve.serve)
app.command("triage")(triage.triage)
app.command("calculate")(calculate.calculate)
app.command("options")(options.options)
app.command("simulate")(simulate.simulate)
app.command("molecule")(design.molecule)
app.command("design")(design.design)
app.command("replay")(replay.replay)
app.command("tools")(tools.tools)
app.command("settings")(settings.settings)
app.add_typer(variants.app, name="variants")
app.add_typer(drugs.app, name="drugs")
app.add_typer(image.app, name="image")
app.add_typer(literature.app, name="literature")
app.add_typer(packs.app, name="packs")
app.add_typer(models.app, name="models")
app.add_typer(audit.app, name="audit")
app.add_typer(knowledge.app, name="knowledge")

COMMANDS = "consilium.commands"
"""Entry points of packages above this one: the evaluation hangs its verb here, and nobody imports upwards."""

for _command in sorted(entry_points(group=COMMANDS), key=lambda one: one.name):
    app.add_typer(_command.load(), name=_command.name)
