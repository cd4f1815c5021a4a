"""``models``: the cards of what ships and of what was trained on this machine; ``verify`` holds files against cards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from imaging.commands import ends

if TYPE_CHECKING:
    from imaging.cards import ModelCard, Problem

HELP = "Model cards: what each model does, what made it, how good it is, what it must not be used for."
Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]


def list_models(as_json: Json = False) -> None:
    """Every model with its version, size and whether its file is the one of its card."""
    rows = [(card, where) for where, card in _all()]
    if as_json:
        found = [{"held": where, **card.model_dump(mode="json")} for card, where in rows]
        ends.show(found, True, str)
        return
    typer.echo("\n".join(_line(card, where) for card, where in rows))


def show(
    name: Annotated[str, typer.Argument(help="An id from `models list`.")], as_json: Json = False
) -> None:
    """One card in full."""
    known = {card.id: card for _, card in _all()}
    card = known.get(name)
    if card is None:
        ends.stop(f"there is no model {name}; there are {', '.join(known)}", ends.BAD_INPUT)
    ends.show(card, as_json, lambda: "\n".join(_told(card)))


def verify(as_json: Json = False) -> None:
    """Hold every file against its card: hash, size, credits, licences of what it was made from; exits 1 if not well.

    What limits were chosen on under another licence is told beside; that is for a release to decide and no error here.
    """
    from imaging import cards, local_models
    from imaging.image import ModelMissing

    problems = list(cards.verify())
    for path, card in local_models.card_files().items():
        try:
            local_models.numbers(path, card)
        except ModelMissing as wrong:
            problems.append(cards.Problem(card=card.id, what=str(wrong)))
    plain = [one.model_dump() for one in problems]
    ends.show(
        plain,
        as_json,
        lambda: "\n".join(_verified(problems)),
    )
    raise typer.Exit(ends.MISSED if problems else ends.ANSWERED)


def _verified(problems: Sequence[Problem]) -> Iterator[str]:
    """Every problem, or that there is none; then what limits were chosen on whose licence is not clear."""
    from imaging import cards

    yield from (f"{one.card or 'zoo'}: {one.what}" for one in problems)
    if not problems:
        yield "all well"
    for card in cards.cards().values():
        yield from (f"{card.id}: limits or settings chosen on {told}" for told in card.open_licences)


VERBS: dict[str, Callable[..., None]] = {"list": list_models, "show": show, "verify": verify}


def _all() -> Iterator[tuple[str, ModelCard]]:
    """Each card with how its file stands: "no file", "held", "not the card's", or "local"."""
    from imaging import cards, local_models

    for source_id, card in cards.cards().items():
        yield ("no file" if not card.file else "held" if cards.is_held(source_id) else "not the card's"), card
    yield from (("local", card) for card in local_models.cards().values())


def _line(card: ModelCard, where: str) -> str:
    return f"{card.id:22} {card.version:4} {where:15} {card.title}"


def _told(card: ModelCard) -> Iterator[str]:
    for name, value in card.model_dump(mode="json", exclude_defaults=True).items():
        if isinstance(value, list):
            yield f"{name}:"
            yield from (f"  - {_flat(one)}" for one in value)
        else:
            yield f"{name}: {value}"


def _flat(one: object) -> str:
    return ", ".join(f"{name} {value}" for name, value in one.items()) if isinstance(one, dict) else str(one)
