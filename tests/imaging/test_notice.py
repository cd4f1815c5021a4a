"""NOTICE names everyone whose work a shipped model was made from."""

from __future__ import annotations

from pathlib import Path

import pytest

from imaging import cards

NOTICE = Path(__file__).parents[2] / "NOTICE"
OURS = "ours"


def _squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", sorted(cards.cards()))
def test_every_work_behind_a_card_stands_in_notice(name: str) -> None:
    notice = _squeezed(NOTICE.read_text(encoding="utf-8"))
    for made in cards.cards()[name].made_from:
        if made.licence == OURS:
            continue
        assert made.name.replace(",", " ").split()[0] in notice, made.name
        assert f", {made.licence}" in notice, made.licence
        assert _squeezed(made.attribution) in notice, made.attribution


def test_every_licence_of_notice_is_one_that_may_ship() -> None:
    heads = [
        line
        for line in NOTICE.read_text(encoding="utf-8").splitlines()
        if line.endswith(("4.0", "CC0", "2.0"))
    ]
    found = {line.rsplit(", ", 1)[1] for line in heads if ", " in line and not line.startswith(" ")}
    assert found
    assert found <= cards.LICENCES
