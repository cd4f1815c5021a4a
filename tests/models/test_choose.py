"""The line on the page says which model reads the words and what leaves the machine."""

from __future__ import annotations

import pytest

from assistant.models.choose import choose, privacy_line
from assistant.models.connected import Connected, connected
from assistant.models.rules import RulesModel
from assistant.settings import Model, Retrieval, Settings

OUTSIDE = Model(provider="openai", name="big", base_url="https://models.example.org/v1")
HERE = Model(provider="openai", name="small", base_url="http://127.0.0.1:8000/v1")
FILE = Model(provider="local", name="qwen2.5-coder-1.5b")
SEARCH = Retrieval(chroma_url="https://search.example.org")


def test_rules_by_default() -> None:
    assert isinstance(choose(Settings()), RulesModel)


def test_one_model_for_all_pages() -> None:
    connected.cache_clear()
    first, again = (choose(Settings(model=HERE)) for _ in range(2))
    assert isinstance(first, Connected)
    assert first is again
    assert first.bind_tools([]).loaded is first.loaded
    connected.cache_clear()


@pytest.mark.parametrize(
    ("settings", "says", "silent"),
    [
        (Settings(), "Nothing leaves", "example.org"),
        (Settings(model=HERE), "small, on this computer. Nothing leaves", "example.org"),
        (Settings(model=FILE), "qwen2.5-coder-1.5b, on this computer. Nothing leaves", "example.org"),
        (
            Settings(model=OUTSIDE),
            "your words go to models.example.org. Do not enter names",
            "Nothing leaves",
        ),
        (Settings(retrieval=SEARCH), "your searches go to search.example.org", "Nothing leaves"),
        (Settings(model=FILE, retrieval=SEARCH), "your searches go to search.example.org", "Nothing leaves"),
        (
            Settings(model=OUTSIDE, retrieval=SEARCH),
            "your searches go to search.example.org",
            "Nothing leaves",
        ),
    ],
)
def test_the_line_tells_the_truth(settings: Settings, says: str, silent: str) -> None:
    line = privacy_line(settings)
    assert says in line
    assert silent not in line
    assert "\n" not in line


def test_the_privacy_line_names_pubmed_where_it_may_be_asked() -> None:
    line = privacy_line(Settings(retrieval=Retrieval(online=True, contact_email="a@hospital.org")))
    assert "drugs, genes and diseases that you name go to eutils.ncbi.nlm.nih.gov" in line
    assert "Nothing leaves" not in line
