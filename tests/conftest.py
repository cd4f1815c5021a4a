"""What all tests share: where development data lies, and a data folder of their own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The development data; a test that needs it is skipped where it is absent."""
    place = Path(os.environ.get("CONSILIUM_SHARED", ROOT.parent / "shared")) / "data"
    if not place.is_dir():
        pytest.skip("development data (../shared/data or CONSILIUM_SHARED) is not on this machine")
    return place


@pytest.fixture(autouse=True)
def no_packs(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test meets the packs that somebody pulled on this machine; one that needs a pack configures its own."""
    from retrieval import packs

    monkeypatch.setitem(packs._settings, "folder", tmp_path_factory.getbasetemp() / "no packs")


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the literature index of the real cards is built, once for the whole run."""
    from retrieval.search import configure, library

    folder = tmp_path_factory.mktemp("index")
    configure(folder)
    assert library().wait(timeout=280)
    library().close()
    return folder


@pytest.fixture
def data_dir(index: Path, tmp_path: Path) -> Path:
    """A data folder of the test's own, with the index in it."""
    return with_index(index, tmp_path)


def with_index(index: Path, folder: Path) -> Path:
    """Copy the built index into another data folder."""
    shutil.copytree(index / "literature", folder / "literature")
    return folder


@pytest.fixture(scope="module")
def module_data_dir(index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same for a whole module; this process searches it."""
    from retrieval.search import configure

    folder = with_index(index, tmp_path_factory.mktemp("data"))
    configure(folder)
    return folder
