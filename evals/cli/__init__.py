"""``consilium evaluate``: make cases, run suites on a subject, read the results. Nothing heavy is imported here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evals.cli import cases, given, reports, review, run

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_show_locals=False,
    help="Evaluate the assistant on patients made from known truth. Research software, not a medical device.",
)
app.command("cases")(cases.cases)
app.command("check")(cases.check)
app.command("import")(cases.import_)
app.command("run")(run.run)
app.command("report")(reports.report)
app.command("compare")(reports.compare)
app.command("review-sheet")(review.review_sheet)
app.command("review")(review.review)


@app.callback(invoke_without_command=True)
def evaluate(
    context: typer.Context,
    profile: given.Profile = "",
    suite: given.Suites = None,
    n: given.Count = 0,
    subject: given.Subject = "assistant/rules",
    seed: given.Seed = 7,
    workers: given.Workers = 0,
    engine: given.Engine = "pool",
    repeats: given.Repeats = 0,
    out: given.Out = None,
    retry_errors: given.Retry = False,
    baseline: Annotated[Path | None, typer.Option(help="A run to compare with.")] = None,
) -> None:
    """With a profile or suites: run, score, report and hold the gates; exits 3 where one is lost."""
    if context.invoked_subcommand is not None:
        return
    if not profile and not suite:
        typer.echo(context.get_help())
        raise typer.Exit
    folder = run.run(profile, suite, n, subject, seed, workers, engine, repeats, out, retry_errors)
    reports.report(folder, baseline=baseline)
