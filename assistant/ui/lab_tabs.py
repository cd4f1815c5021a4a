"""The tabs of the generation lab: sample, go from seed to seed, compare; lesions have a module of their own.

Each tab lays itself out and offers one handler that draws; what a handler is asked for is checked here, and refusals
are shown where the pictures would stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import gradio as gr

from assistant.ui import lab, look
from assistant.ui.lab_bench import MOST, MOST_SEED, Bench, Door, whole
from assistant.ui.lab_download import download
from assistant.ui.plain import plain

Update = dict[Any, Any]
DRAW: dict[str, Any] = {
    **look.QUIET,
    "trigger_mode": "once",
    "concurrency_id": "lab",
    "concurrency_limit": look.AT_ONCE,
}


def seed_box(label: str, value: int, name: str) -> Any:
    return gr.Number(value, label=label, precision=0, minimum=0, maximum=MOST_SEED, elem_id=name)


def choices(*, phantom: bool) -> list[tuple[str, str]]:
    """The generators as words and names."""
    from imaging.generate import lab as made

    return [(lab.named(name), name) for name in made.names() if phantom or name != made.PHANTOM]


def first(names: list[tuple[str, str]]) -> str:
    """The one that is chosen at first: PCA, which is drawn in no time and loads no network."""
    held = [name for _, name in names]
    return next((name for name in held if name.endswith("-pca")), next(iter(held), ""))


def labelled(name: str, chosen: str | None, *, every: bool) -> Any:
    """The labels that a generator knows; the one that was chosen before stays, if this one knows it too."""
    from imaging.generate import lab as made
    from imaging.image import ModelMissing

    try:
        known = (*made.labels(name), *((lab.EVERY,) if every else ()))
    except ModelMissing:  # said by the first request for a picture
        return no_labels()
    return gr.Radio(list(known), value=chosen if chosen in known else known[0])


def no_labels() -> Any:
    """No label can be chosen while those of another generator are looked up: a network takes some seconds to load."""
    return gr.Radio([], value=None)


class Drawn(NamedTuple):
    """What a request gives: HTML, and a PNG with its file name for each of the tab's buttons, or for the first ones."""

    shown: str
    files: tuple[tuple[bytes, str], ...]


class Tab:
    """What the drawing tabs share: the place of the result, the buttons to save it, and how a request runs."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def result(self, name: str, *buttons: str) -> None:
        """Lay out the result's place, and a button for each file that can be saved."""
        self._shown = look.region(lab.NOTHING, f"lab-{name}-shown")
        with gr.Row(elem_classes="saves"):
            self._saves = [
                download(words, f"lab-{name}-save-{index}") for index, words in enumerate(buttons, 1)
            ]
        self.drawn = [self._shown, *self._saves]

    def run(self, bench: Bench | None, draw: Callable[[], Drawn]) -> Iterator[Update]:
        """What changes while a request is drawn."""
        from imaging.image import ModelMissing

        hidden = {button: gr.update(visible=False) for button in self._saves}
        try:
            with self._door.enter(bench or Bench()):
                yield {self._shown: lab.DRAWING, **hidden}
                found = draw()
                given = zip(self._saves, found.files, strict=False)
                yield {self._shown: found.shown, **{button: _offered(*file) for button, file in given}}
        except (ValueError, ModelMissing) as why:
            yield {self._shown: refused(why), **hidden}


def refused(why: Exception) -> str:
    """A refusal in its own words."""
    return f'<p class="refused" role="alert">{plain(str(why))}</p>'


def _offered(png: bytes, name: str) -> Any:
    return gr.update(value=(lab.address(png), f"{name}-synthetic.png"), visible=True)


class SampleTab(Tab):
    """Pictures of one label, or of every label, and the privacy report of their generator beside them."""

    def lay_out(self) -> None:
        names = choices(phantom=True)
        with gr.Tab("Sample", id="sample", elem_id="lab-sample"), gr.Row(equal_height=False):
            with gr.Column(scale=3, min_width=300):
                self._name = gr.Radio(
                    names, value=first(names), label="Generator", elem_id="lab-name", elem_classes="choice"
                )
                self._label = gr.Radio([], label="Label", elem_id="lab-label", elem_classes="choice")
                with gr.Row(elem_classes="numbers"):
                    self._n = gr.Slider(
                        1, MOST, value=8, step=1, label="How many", elem_id="lab-n", buttons=[]
                    )
                    self._seed = seed_box("Seed", 1, "lab-seed")
                self._draw = gr.Button("Draw", variant="primary", size="sm", elem_id="lab-draw")
                self.result("sample", "Save as PNG")
            with gr.Column(scale=2, min_width=300):
                self._report = look.region("", "lab-report")

    def wire(self, page: Any, bench: Any) -> None:
        about = [self._label, self._report]
        for trigger in (page.load, self._name.change):
            trigger(self._about, [self._name, self._label], about, **look.QUIET)
        given = [bench, self._name, self._label, self._n, self._seed]
        self._draw.click(self._sampled, given, self.drawn, **DRAW)

    def _about(self, name: str, label: str | None) -> Iterator[tuple[Any, str]]:
        """The labels of a generator, and what its pictures betray."""
        from imaging.generate.lab import PHANTOM as DRAWN
        from imaging.image import ModelMissing
        from imaging.realism.report import privacy_report

        yield no_labels(), lab.LOADING
        try:
            report = lab.NOBODY if name == DRAWN else lab.privacy(privacy_report(name)) + lab.card(name)
        except ModelMissing as why:
            report = refused(why)
        yield labelled(name, label, every=True), report

    def _sampled(self, bench: Bench | None, name: str, label: str, n: Any, seed: Any) -> Iterator[Update]:
        yield from self.run(bench, lambda: self._drawn(name, label, n, seed))

    def _drawn(self, name: str, label: str, n: Any, seed: Any) -> Drawn:
        from imaging.generate import lab as made

        count, start = whole(n, 1, MOST, "How many"), whole(seed, 0, MOST_SEED - MOST, "Seed")
        wanted = made.labels(name) if label == lab.EVERY else (label,)
        each = max(1, count // len(wanted))
        found = {part: made.sample(name, part, each, start) for part in wanted}
        order = f"{each} each of {', '.join(wanted)}" if len(wanted) > 1 else f"{label}, {each}"
        words = f"{lab.named(name)}: {order}, from seed {start}. No patient."
        sheet = lab.sheet([one for part in found.values() for one in part], each if len(wanted) > 1 else 0)
        return Drawn(lab.gallery(found, words), ((sheet, f"{name}-seed{start}"),))


class BetweenTab(Tab):
    """The way from the picture of one seed to that of another."""

    def lay_out(self) -> None:
        names = choices(phantom=False)
        with gr.Tab("Seed to seed", id="between", elem_id="lab-between"):
            self._name = gr.Radio(
                names, value=first(names), label="Generator", elem_id="lab-way-name", elem_classes="choice"
            )
            self._label = gr.Radio([], label="Label", elem_id="lab-way-label", elem_classes="choice")
            with gr.Row(elem_classes="numbers"):
                self._from = seed_box("From seed", 1, "lab-from")
                self._to = seed_box("To seed", 2, "lab-to")
                self._steps = gr.Slider(
                    2, MOST, value=8, step=1, label="Steps", elem_id="lab-steps", buttons=[]
                )
            self._draw = gr.Button("Draw the way", variant="primary", size="sm", elem_id="lab-way-draw")
            self.result("between", "Save as PNG")

    def wire(self, page: Any, bench: Any) -> None:
        for trigger in (page.load, self._name.change):
            trigger(self._labelled, [self._name, self._label], [self._label], **look.QUIET)
        given = [bench, self._name, self._label, self._from, self._to, self._steps]
        self._draw.click(self._went, given, self.drawn, **DRAW)

    def _labelled(self, name: str, label: str | None) -> Iterator[Any]:
        yield no_labels()
        yield labelled(name, label, every=False)

    def _went(self, bench: Bench | None, *asked: Any) -> Iterator[Update]:
        yield from self.run(bench, lambda: self._drawn(*asked))

    def _drawn(self, name: str, label: str, one: Any, other: Any, steps: Any) -> Drawn:
        from imaging.generate import lab as made

        start, end = (whole(seed, 0, MOST_SEED, "Seed") for seed in (one, other))
        found = made.interpolate(name, label, start, end, whole(steps, 2, MOST, "Steps"))
        words = f"{lab.named(name)}: {label}, from seed {start} to seed {end}. No patient."
        sheet = lab.sheet(found, len(found))
        return Drawn(lab.gallery({label: found}, words), ((sheet, f"{name}-seed{start}to{end}"),))


class CompareTab:
    """All shipped generators in one table; made when it is first looked at."""

    def lay_out(self) -> None:
        with gr.Tab("Compare", id="compare", elem_id="lab-compare") as self._tab:
            self._table = look.region('<p class="empty">Reading the cards.</p>', "lab-table")

    def wire(self) -> None:
        self._tab.select(self._compared, None, [self._table], **look.QUIET)

    def _compared(self) -> str:
        from imaging.image import ModelMissing
        from imaging.realism.report import side_by_side

        try:
            return lab.beside(side_by_side())
        except ModelMissing as why:
            return refused(why)
