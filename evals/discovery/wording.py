"""What the three tools say, against specification 3.10: ``python -m evals.discovery.wording``.

Two looks: at every text in the code that can reach a reader, and at every sentence of runs over all held models, some
medicines and all ways of designing. A list of forbidden phrases finds what it names and no more.
"""

from __future__ import annotations

import argparse
import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from evals.discovery.bars import Bar, not_run, say
from retrieval.evidence import Outcome, ToolResult

ROOT = Path(__file__).resolve().parents[2]
CODE = ("tools/simulation", "tools/discovery")
TOOLS = ("tools/simulate_drug.py", "tools/molecule_profile.py", "tools/design_molecules.py")
FORBIDDEN = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\byour (?:INR|dose|level|patient)\b",
        r"\b(?:INR|level|exposure|concentration|dose) will be\b",
        r"\bdose should\b",
        r"\bwe recommend\b|\bis recommended\b",
        r"\bINR will\b",
        r"\b(?:right|correct|best|recommended|optimal) dose\b",
        r"\b(?:you|he|she|patients?|they) (?:should|must) (?:take|receive|be given|get)\b",
        r"\bis (?:cardio|hepato|geno|neuro)?toxic\b",
        r"\bis (?:safe|mutagenic|carcinogenic|effective|a drug)\b",
        r"\b(?:new|novel|promising) (?:drug|medicine)s?\b",
        r"\b(?:drug|medicine) candidates?\b",
        r"\bcandidates? for (?:a )?(?:treatment|therapy|drug)\b",
        r"\b(?:cures?|treats)\b",
    )
)
MEDICINES = ("losartan", "glimepiride", "terfenadine", "acetylsalicylic acid")
SIMULATED = re.compile(r"\bsimulat", re.IGNORECASE)
MADE = re.compile(r"\bcomputer-made\b", re.IGNORECASE)


def bars(data: Path | None = None) -> tuple[Bar, ...]:
    """The wording row of specification section 7; no data is read."""
    return (_templates(), *_simulations(), _unknown(), *_molecules())


def forbidden(texts: Iterable[str]) -> list[str]:
    """The texts that hold a forbidden phrase."""
    return [text for text in texts if any(phrase.search(text) for phrase in FORBIDDEN)]


def templates(folder: Path = ROOT) -> list[str]:
    """Every text in the code of the tools that is no docstring; the pieces of a formatted text are joined."""
    files = [file for part in CODE for file in sorted((folder / part).glob("*.py"))]
    files += [folder / tool for tool in TOOLS if (folder / tool).is_file()]
    return [text for file in files for text in _texts(ast.parse(file.read_text(encoding="utf-8")))]


def _texts(tree: ast.AST) -> Iterator[str]:
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
        elif (
            isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent | inside
        ):
            yield node.value


def _templates() -> Bar:
    held = templates()
    wrong = forbidden(held)
    how = f"{len(held):,} texts in the code of the tools, {len(FORBIDDEN)} forbidden phrases"
    return Bar("wording: templates", how, _count(wrong), reach="0", met=not wrong, note="; ".join(wrong))


def _count(wrong: Sequence[str]) -> str:
    return f"{len(wrong)} forbidden"


def sentences(result: ToolResult) -> list[str]:
    """What a result says to a reader: statements, note and tables."""
    tables = [cell for table in result.tables for row in table.rows for cell in (table.title, *row)]
    return [*(finding.statement for finding in result.findings), result.note, *tables]


def runs() -> Iterator[ToolResult]:
    """Every held drug model in two genotypes of its first gene, or in its reference alone; warfarin compared too."""
    from tools.simulation.answers import result
    from tools.simulation.records import models

    for model in models().values():
        gene, held = next(iter(model.genes.items()), ("", None))
        keys = (
            []
            if held is None
            else [held.reference, *(key for key in held.effects if key != held.reference)][:2]
        )
        groups = [{gene: key} for key in keys]
        asked: dict[str, Any] = {"genotypes": groups, "n": 20, "days": 10, "model": model.id}
        yield result(model.drug, model.usual.get("dose", 5.0), **asked)
        if model.kind == "warfarin":
            yield result(model.drug, model.usual["dose"], **asked, compare=True)
            yield result(model.drug, model.usual["dose"], **asked | {"genotypes": ["CYP2C9 *1/*8"]})


def treatment_rows() -> list[str]:
    """The rows of the table of the options, for every genotype of every model that runs in a row."""
    from tools.simulation.effects import simulated_exposure
    from tools.simulation.records import models

    asked = [
        (model.drug, {gene: key})
        for model in models().values()
        for gene, held in model.genes.items()
        for key in held.effects
    ]
    return [row.statement for drug, one in asked if (row := simulated_exposure(drug, one)) is not None]


def _simulations() -> list[Bar]:
    done = list(runs())
    held = [one for one in done if one.outcome is Outcome.FOUND]
    wrong = forbidden(text for one in done for text in sentences(one))
    rows = treatment_rows()
    wrong += forbidden(rows)
    told = [finding.statement for one in held for finding in one.findings] + rows
    silent = [text for text in told if not SIMULATED.search(text)]
    how = f"{len(done)} runs, {len(held)} found, {len(rows)} rows beside options, {len(told)} statements"
    return [
        Bar("wording: simulations", how, _count(wrong), reach="0", met=not wrong, note="; ".join(wrong)),
        Bar("wording: every simulated statement says so", how, f"{len(silent)} do not", reach="0",
            met=not silent and bool(told), note="; ".join(silent)),
    ]  # fmt: skip


def _unknown() -> Bar:
    """An allele that a model does not know is named, and nothing is simulated."""
    from tools.simulation.answers import result

    came = result("warfarin", 5.0, genotypes=["CYP2C9 *1/*8, VKORC1 GG"], n=5, days=5)
    said = came.outcome is Outcome.NOT_COVERED and "*8" in came.note
    return Bar("wording: an unknown allele is said", "warfarin, CYP2C9 *1/*8", came.note or came.outcome, met=said,
               reach="not_covered, by name")  # fmt: skip


def _molecules() -> list[Bar]:
    from tools.discovery.answers import result
    from tools.discovery.profile import profile

    def designed(method: str) -> ToolResult:
        return result(method=method, n=3, budget=60, seed=1)  # type: ignore[arg-type]

    return [
        _spoken("wording: profiles", [profile(name) for name in MEDICINES], None),
        _spoken("wording: designs", [designed(way) for way in ("search", "fragments", "vae")], MADE),
    ]


def _spoken(name: str, done: Sequence[ToolResult], mark: re.Pattern[str] | None) -> Bar:
    held = [one for one in done if one.outcome is Outcome.FOUND]
    if not held:
        return not_run(name, f"{len(done)} runs", done[0].note or str(done[0].outcome), reach="0")
    wrong = forbidden(text for one in done for text in sentences(one))
    if mark is not None:
        wrong += [one.note for one in held if not any(mark.search(text) for text in sentences(one))]
    how = f"{len(done)} runs, {len(held)} of them found"
    return Bar(name, how, _count(wrong), reach="0", met=not wrong, note="; ".join(wrong))


def main(argv: Sequence[str] | None = None) -> int:
    """Print the rows."""
    argparse.ArgumentParser(prog="python -m evals.discovery.wording").parse_args(argv)
    say(bars())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
