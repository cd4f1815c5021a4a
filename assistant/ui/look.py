"""How both pages are put on the service: theme, style sheet, and the switches that keep everything here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assistant.ui.patient_focus import SCRIPT

STYLE = Path(__file__).with_name("pages.css")
QUEUE = 32
AT_ONCE = 2
PATIENTS_QUEUE = 512
PATIENTS_AT_ONCE = 16
"""The patient page: short turns of many; each message is three events in the queue."""


def theme() -> Any:
    """A quiet theme in the system's own fonts, so that no font is fetched."""
    import gradio as gr

    return gr.themes.Soft(
        primary_hue="teal",
        secondary_hue="slate",
        neutral_hue="slate",
        text_size=gr.themes.sizes.text_sm,
        spacing_size=gr.themes.sizes.spacing_sm,
        radius_size=gr.themes.sizes.radius_sm,
        font=["system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    )


def mounting(upload_bytes: int) -> dict[str, Any]:
    """The keyword arguments of ``mount_gradio_app`` for a page of ours."""
    return {
        "theme": theme(),
        "css_paths": STYLE,
        "head": f"<script>{SCRIPT}</script>",
        "max_file_size": upload_bytes,
        "show_error": False,
        "footer_links": [],
        "ssr_mode": False,
        "enable_monitoring": False,
        "run_history": False,
        "pwa": False,
        "mcp_server": False,
    }


QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""How every event of ours is bound: not offered as an interface, and without Gradio's overlay."""


TURN: dict[str, Any] = {**QUIET, "trigger_mode": "multiple"}
"""For turns: the browser must not drop a question because a stopped turn before it is still winding down."""


def region(value: str, name: str) -> Any:
    """A place for text that is already safe; the page's sanitiser reads it once more."""
    import gradio as gr

    return gr.Markdown(value, sanitize_html=True, elem_id=name, latex_delimiters=[])


def chatbot(welcome: str, examples: list[str]) -> Any:
    """The talk, with its empty state. No tag, formula, download or thumb: only what we put there."""
    import gradio as gr

    return gr.Chatbot(
        show_label=False, elem_id="chat", height="100%", layout="panel", placeholder=welcome,
        examples=[{"text": example} for example in examples], allow_tags=False, sanitize_html=True,
        feedback_options=None, buttons=[], latex_delimiters=[], group_consecutive_messages=True,
        allow_file_downloads=False,
    )  # fmt: skip


def blocks(title: str) -> Any:
    """An empty page with the settings that both share."""
    import gradio as gr

    return gr.Blocks(
        analytics_enabled=False, delete_cache=(3600, 3600), fill_height=True, fill_width=True, title=title
    )
