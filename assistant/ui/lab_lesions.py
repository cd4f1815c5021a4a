"""The lab's tab that draws lesions on the phantom or on a photograph of the user's own, with their exact mask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.ui import lab, look
from assistant.ui.desk import take
from assistant.ui.lab_bench import MOST_SEED, Bench, Refused, number, photograph, whole
from assistant.ui.lab_tabs import DRAW, Drawn, Tab, Update, refused, seed_box

if TYPE_CHECKING:
    from imaging.generate.lesions import Kind

PHANTOM, PHOTO = "the drawn fundus", "a photograph of mine"
KEPT = "It is kept in memory only, at most an hour after this page is closed."
"""Gradio holds the state of a closed tab for up to an hour, so that a tab that lost its connection can go on."""
_PICTURES = ["image", ".dcm", ".tif", ".tiff"]


class LesionsTab(Tab):
    """Lesions drawn on the phantom or on a photograph of the user's own, with their exact mask."""

    def lay_out(self) -> None:
        from imaging.generate.lesions import LOOKS

        with gr.Tab("Lesions", id="lesions", elem_id="lab-lesions"):
            with gr.Row(elem_classes="numbers"):
                self._ground = gr.Radio(
                    [PHANTOM, PHOTO],
                    value=PHANTOM,
                    label="Draw on",
                    elem_id="lab-ground",
                    elem_classes="choice",
                )
                self._eye = seed_box("Seed of the drawn fundus", 1, "lab-eye")
            with gr.Column(visible=False) as self._own:
                self._upload = gr.UploadButton(
                    "Choose a fundus photograph", file_types=_PICTURES, size="sm", elem_id="lab-upload"
                )
                self._told = look.region(f"<p>{KEPT}</p>", "lab-told")
            self._kind = gr.Radio(
                sorted(LOOKS), value="exudate", label="Kind", elem_id="lab-kind", elem_classes="choice"
            )
            with gr.Row(elem_classes="numbers"):
                self._count = gr.Slider(
                    1, 60, value=4, step=1, label="How many", elem_id="lab-count", buttons=[]
                )
                self._contrast = gr.Slider(
                    0, 1.3, value=1, step=0.05, label="Contrast", elem_id="lab-contrast", buttons=[]
                )
                self._size = gr.Slider(
                    0.25, 4, value=1, step=0.25, label="Size", elem_id="lab-size", buttons=[]
                )
                self._seed = seed_box("Seed of the lesions", 1, "lab-lesion-seed")
            self._draw = gr.Button("Draw the lesions", variant="primary", size="sm", elem_id="lab-inject")
            self.result("lesions", "Save the picture", "Save the mask", "Save the picture before")

    def wire(self, bench: Any) -> None:
        self._bench = bench
        self._ground.change(
            lambda ground: (gr.update(visible=ground == PHANTOM), gr.update(visible=ground == PHOTO)),
            [self._ground], [self._eye, self._own], **look.QUIET,
        )  # fmt: skip
        self._kind.change(self._usual, [self._kind], [self._count], **look.QUIET)
        self._upload.upload(self._taken, [self._upload, bench], [bench, self._told], **DRAW)
        given = [
            bench, self._ground, self._eye, self._kind, self._count, self._contrast, self._size, self._seed,
        ]  # fmt: skip
        self._draw.click(self._injected, given, self.drawn, **DRAW)

    def _usual(self, kind: Kind) -> int:
        """How many of a kind there usually are."""
        from imaging.generate.lesions import LOOKS

        fewest, most = LOOKS[kind].number
        return (fewest + most) // 2

    def _taken(self, upload: Any, bench: Bench | None) -> tuple[Bench, str]:
        """The photograph into the tab's memory; the copy that Gradio cached is deleted in any case."""
        from imaging.image import ModelMissing

        held, inside = bench or Bench(), False
        try:
            _, data = take(upload)
            with self._door.enter(held):
                inside = True
                kept = replace(held, photo=photograph(data))
        except (Refused, ModelMissing) as why:
            # At the door nothing was said of this file: the photograph that was accepted before it stays.
            return (replace(held, photo=None) if inside else held), refused(why)
        except OSError:
            return held, '<p class="refused" role="alert">The file did not arrive. Choose it again.</p>'
        high, wide = kept.photo.shape[:2] if kept.photo is not None else (0, 0)
        said = f"Accepted as a fundus photograph; drawn on at {wide} x {high} px. {KEPT}"
        return kept, f'<p role="status">{said}</p>'

    def _injected(self, bench: Bench | None, *asked: Any) -> Iterator[Update]:
        photo = bench.photo if bench else None
        yield from self.run(bench, lambda: self._drawn(photo, *asked))

    def _drawn(
        self, photo: Any, ground: str, eye: Any, kind: Any, count: Any, contrast: Any, size: Any, seed: Any
    ) -> Drawn:
        from imaging.generate import lab as made

        if ground == PHOTO and photo is None:
            raise Refused("Choose a fundus photograph first, or draw on the drawn fundus.")
        source = photo if ground == PHOTO else whole(eye, 0, MOST_SEED, "Seed of the drawn fundus")
        many, start = whole(count, 1, 60, "How many"), whole(seed, 0, MOST_SEED, "Seed of the lesions")
        strength, scale = number(contrast, 0, 1.3, "Contrast"), number(size, 0.25, 4, "Size")
        found = made.inject(source, kind, many, strength, start, scale)
        name = f"{found.kind.replace(' ', '-')}-seed{start}"
        files = ((found.picture.png, name), (found.mask.png, f"{name}-mask"))
        if ground == PHOTO:
            return Drawn(lab.injected(found, photo), files)
        return Drawn(lab.injected(found), (*files, (found.before.png, f"{name}-before")))
