"""What pydantic found wrong in given values, in words for who gave them."""

from __future__ import annotations

from pydantic import ValidationError


def mistakes(wrong: ValidationError) -> str:
    """Each wrong field by its name with what it must be; the values themselves are not repeated."""
    return "; ".join(
        _one(".".join(str(part) for part in error["loc"] if part != "[key]"), error["msg"])
        for error in wrong.errors()
    )


def _one(field: str, said: str) -> str:
    plain = said.removeprefix("Value error, ").rstrip(".")
    if plain.startswith("Input should be "):
        return f"{field or 'it'} must be {plain.removeprefix('Input should be ')}"
    return f"{field}: {plain}" if field else plain
