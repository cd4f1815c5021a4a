"""From the settings to a chat model; every one stands behind the same verify."""

from __future__ import annotations

from urllib.parse import urlsplit

from langchain_core.language_models import BaseChatModel

from assistant.models.rules import RulesModel
from assistant.settings import PUBMED, Settings, is_loopback


def choose(settings: Settings) -> BaseChatModel:
    """The chat model that the settings name. Nothing is loaded or contacted before the first question."""
    if settings.model.provider == "rules":
        return RulesModel()
    from assistant.models.connected import connected

    return connected(settings.model)


def privacy_line(settings: Settings) -> str:
    """Which model reads the words, and what leaves this computer."""
    model = settings.model
    host = _outside(model.base_url) if model.provider == "openai" else ""
    search = _outside(settings.retrieval.chroma_url)
    who = "Worded by rules" if model.provider == "rules" else f"Model {model.name}"
    checked = "" if model.provider == "rules" else " Every sentence is checked."
    leaves = [f"your words go to {host}"] if host else []
    leaves += [f"your searches go to {search}"] if search else []
    if settings.retrieval.online:
        leaves.append(
            f"where nothing held answers, the drugs, genes and diseases that you name go to {PUBMED}"
        )
    if leaves:
        return f"{who}: {', '.join(leaves)}. Do not enter names.{checked}"
    return f"{who}, on this computer. Nothing leaves it.{checked}"


def _outside(address: str) -> str:
    """The host of an address, or nothing where it is this machine."""
    host = urlsplit(address).hostname or ""
    return "" if not host or is_loopback(host) else host
