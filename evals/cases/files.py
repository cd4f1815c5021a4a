"""Case files: JSON lines, one case a line, with limits on what is read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from evals.cases.case import SCHEMA, Case

LINE = 256 * 1024
"""Bytes of one case at most."""
CASES = 200_000
"""Cases of one file at most."""


class BadFile(ValueError):
    """What is wrong with a case file, with its line."""


def line(case: Case) -> str:
    """One case as JSON without a line break."""
    return case.model_dump_json()


def write(path: Path, cases: Iterable[Case]) -> int:
    """How many were written. Refuses (BadFile) a case over the limit and one case too many; leaves no half file."""
    half = path.with_name(path.name + ".part")
    count = 0
    with half.open("w", encoding="utf-8", newline="\n") as out:
        for case in cases:
            count += 1
            text = line(case)
            if len(text.encode()) > LINE or count > CASES:
                half.unlink()
                raise BadFile(_too_large(case.id) if count <= CASES else f"more than {CASES:,} cases")
            out.write(text + "\n")
    half.replace(path)
    return count


def read(path: Path) -> Iterator[Case]:
    """Case by case. Refuses (BadFile) what is too large, no case, or of another schema version, naming the line."""
    with path.open("rb") as rows:
        number = 0
        while row := rows.readline(LINE + 2):
            number += 1
            if len(row.rstrip(b"\r\n")) > LINE:
                raise BadFile(f"{path.name}, line {number}: {_too_large('the case')}")
            if number > CASES:
                raise BadFile(f"{path.name}: more than {CASES:,} cases")
            if row.strip():
                yield parsed(row, f"{path.name}, line {number}")


def parsed(row: bytes | str, where: str = "the case") -> Case:
    """One case from its line. Refuses (BadFile) naming both versions where the schema differs."""
    try:
        version = json.loads(row).get("schema_version", "none")
    except (ValueError, AttributeError, RecursionError) as wrong:
        raise BadFile(f"{where}: not a JSON object") from wrong
    if version != SCHEMA:
        raise BadFile(f"{where}: schema version {version}; this program reads version {SCHEMA}")
    try:
        return Case.model_validate_json(row)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        raise BadFile(f"{where}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from wrong


def _too_large(what: str) -> str:
    return f"{what} has more than {LINE // 1024} KB"
