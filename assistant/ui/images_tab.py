"""The tab of pictures: a photograph under what was found in it, the healthy reference beside it, and what was read.

The tab's state holds names only; the pictures stay in the session and travel inside the page as ``data:`` addresses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.answer import Answer
from assistant.sessions import SessionError
from assistant.ui import drawer, look, pictures, pictures_panel, slider
from assistant.ui.desk import Desk, Talk
from assistant.ui.pictures_panel import Shot
from assistant.ui.worksheet import other_tables
from retrieval.evidence import Artifact

Update = dict[Any, Any]
_MOVE: dict[str, Any] = {
    **look.QUIET,
    "trigger_mode": "always_last",
    "concurrency_id": "pictures",
    "concurrency_limit": 2,
}


@dataclass(frozen=True)
class Shown:
    """What the tab shows: the photographs of which answer, and which of them."""

    answer: str
    shots: tuple[Shot, ...] = ()
    chosen: int = 0


class ImagesTab:
    """Lays the tab out, wires it, and follows the talk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def lay_out(self) -> None:
        """The tab; to be called among the drawer's tabs."""
        with gr.Tab("Images", id="images", elem_id="images-tab") as self._tab:
            self._verdict = look.region("", "picture-verdict")
            self._which = gr.Radio([], label="Picture", visible=False, elem_id="picture-which")
            with gr.Column(visible=False, elem_id="picture-panel") as self._panel:
                self._over = gr.Radio([], label="Over the picture", elem_id="picture-over")
                self._slider = slider.comparison("slider")
                self._border = slider.border("picture-border")
                self._words = look.region("", "picture-words")
            self._beside = look.region("", "picture-beside")
            self._figures = look.region(drawer.NO_TABLES, "figures")

    def wire(self, state: Any, talk: Any) -> None:
        """Bind the controls; ``state`` holds what the tab shows, ``talk`` the tab's talk."""
        self._state = state
        panel = [self._panel, self._which, self._over, self._slider, self._border, self._words, self._beside]
        self.outputs = [state, self._tab, self._verdict, *panel, self._figures]
        self._which.input(self._chosen, [self._which, talk, state], [state, *panel], **_MOVE)
        self._over.input(self._laid_over, [self._over, talk, state], [self._slider, self._words], **_MOVE)
        self._border.input(slider.moved, [self._border], [self._slider], **_MOVE)

    def follow(self, talk: Talk | None, shown: Shown | None) -> Update:
        """What changes after a turn, or after a new patient (no talk)."""
        if talk is None or talk.answer is None:
            return self._empty() if shown or talk is None else {self._state: shown}
        if shown is not None and shown.answer == talk.answer.id:
            return {self._state: shown}
        held = self._held(talk, talk.answer)
        now = Shown(talk.answer.id, pictures_panel.shots(held))
        return {
            self._state: now,
            self._tab: _labelled(len(held), len(other_tables(talk.answer.tables))),
            self._verdict: pictures_panel.verdict(talk.answer),
            **self._drawn(now, held),
            self._figures: _below(talk.answer, now.shots, held) or drawer.NO_TABLES,
        }

    def opens(self, update: Update) -> bool:
        """True if an update of :meth:`follow` brings new pictures."""
        return self._slider in update and bool((update[self._state] or Shown("")).shots)

    def _drawn(self, shown: Shown, held: dict[str, Artifact]) -> Update:
        """The panel for the chosen photograph, with its first overlay."""
        if not shown.shots:
            hidden = {self._panel: gr.Column(visible=False), self._which: gr.Radio([], visible=False)}
            return {**hidden, self._slider: None, self._words: "", self._beside: ""}
        shot = shown.shots[shown.chosen]
        numbers = [(f"{index}", index - 1) for index in range(1, len(shown.shots) + 1)]
        pair, words = _pair(held, shot, shot.first)
        names = [name for name, _ in shot.over]
        side = [
            held[key] for key in (shot.original, shot.reference) if key and (shot.reference or pair is None)
        ]
        return {
            self._panel: gr.Column(visible=pair is not None),
            self._which: gr.Radio(numbers, value=shown.chosen, visible=len(numbers) > 1),
            self._over: gr.Radio(names, value=shot.first or None),
            self._slider: gr.update(value=pair, slider_position=slider.MIDDLE),
            self._border: slider.MIDDLE,
            self._words: words,
            self._beside: pictures.beside(*side),
        }

    def _empty(self) -> Update:
        return {
            self._state: None, self._tab: _labelled(0, 0), self._verdict: "", **self._drawn(Shown(""), {}),
            self._figures: drawer.NO_TABLES,
        }  # fmt: skip

    def _held(self, talk: Talk, answer: Answer) -> dict[str, Artifact]:
        """The answer's pictures by key; none where the session was forgotten meanwhile."""
        try:
            return {key: self._desk.picture(talk.session, key) for key in answer.pictures}
        except SessionError:
            return {}

    def _chosen(self, index: int, talk: Talk | None, shown: Shown | None) -> Update:
        """Another photograph of the same answer."""
        if talk is None or talk.answer is None or shown is None or not 0 <= index < len(shown.shots):
            return {self._state: shown}
        held = self._held(talk, talk.answer)
        now = Shown(shown.answer, shown.shots if held else (), index)
        return {self._state: now, **self._drawn(now, held)}

    def _laid_over(self, name: str, talk: Talk | None, shown: Shown | None) -> tuple[Any, Any]:
        """Another picture over the same photograph; the border stays where it is."""
        if talk is None or talk.answer is None or shown is None or not shown.shots:
            return gr.skip(), gr.skip()
        held = self._held(talk, talk.answer)
        pair, words = _pair(held, shown.shots[shown.chosen], name) if held else (None, "")
        return (gr.skip() if pair is None else pair), words


def _pair(held: dict[str, Artifact], shot: Shot, name: str) -> tuple[tuple[str, str] | None, str]:
    """The photograph and the picture under a button as ``data:`` addresses of one size, and the words below them."""
    under, over = held[shot.original], held.get(shot.key(name))
    if over is None:
        return None, ""
    fit = pictures.shown_size(under)
    return (pictures.as_data(under, fit), pictures.as_data(over, fit)), pictures.described(over)


def _below(answer: Answer, shots: tuple[Shot, ...], held: dict[str, Artifact]) -> str:
    """The photographs in words where no figure says them, other pictures, what was read, and tables."""
    alone = (held[shot.original] for shot in shots if shot.over and not shot.reference)
    loose = "".join(map(pictures.figure, pictures_panel.others(held, shots)))
    told = pictures_panel.read(answer)
    notice = pictures_panel.NOTICE if shots or told else ""
    return pictures.described(*alone) + loose + told + drawer.tables(other_tables(answer.tables)) + notice


def _labelled(count: int, grids: int) -> Any:
    name = "Images" if count or not grids else "Tables"
    return gr.Tab(label=f"{name} ({count + grids})" if count + grids else name)
