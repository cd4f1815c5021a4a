"""A file of knowledge that breaks its form: why in one line, and the mend. What stands on it is unavailable."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import ValidationError

MEND = "Mend the file or put it back as it ships, and start again."
LONGEST = 200
"""Characters of a reason."""


class Damaged(ValueError):
    """A file of knowledge breaks its form; the message says what there is not without it, which file, why, the mend."""

    command = "consilium knowledge check"

    def __init__(self, lacking: str, path: Path, reason: str) -> None:
        place = "/".join(path.parts[-4:])
        super().__init__(f"{lacking}: {place} is damaged ({reason.rstrip('.')}). {MEND}")


def why(wrong: OSError | ValueError | yaml.YAMLError) -> str:
    """What is wrong with a file in one line, with the place in it; a value that stands there is not repeated."""
    if isinstance(wrong, ValidationError):
        first, *others = wrong.errors(include_url=False, include_input=False)
        place = ".".join(map(str, first["loc"]))
        return _line(f"{place}: {first['msg']}" if place else first["msg"]) + f"; {len(others)} more" * bool(
            others
        )
    if isinstance(wrong, yaml.MarkedYAMLError) and wrong.problem_mark:
        return _line(f"line {wrong.problem_mark.line + 1}: {wrong.problem}")
    if isinstance(wrong, UnicodeDecodeError):
        return f"byte {wrong.start} is no text"
    if isinstance(wrong, OSError):
        return _line(f"it cannot be opened: {wrong.strerror}")
    return _line(str(wrong))


def _line(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
