"""From a medicine's name to its structure, with and without the table of admet-ai."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.discovery import named
from tools.discovery.molecules import read

HEADER = "smiles,name,id,atc,atc_name_1,atc_name_2,atc_name_3,atc_name_4,molecular_weight,hERG"
ROWS = ("CC(=O)Nc1ccc(O)cc1,Acetaminophen,X1,,,,,,151.2,0.1", "CCO,Made Up Name,X2,,,,,,46.1,")


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As where admet-ai is not installed."""
    monkeypatch.setattr(named, "package", lambda: None)
    named.approved.cache_clear()
    yield
    named.approved.cache_clear()


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A table of two drugs in the place of the package's."""
    place = tmp_path / "resources" / "data" / "drugbank_approved.csv"
    place.parent.mkdir(parents=True)
    place.write_text("\n".join((HEADER, *ROWS)), encoding="utf-8")
    monkeypatch.setattr(named, "package", lambda: tmp_path)
    monkeypatch.setattr(named.metadata, "version", lambda name: "0")
    named.approved.cache_clear()
    yield
    named.approved.cache_clear()


@pytest.mark.parametrize("name", ["losartan", "Losartan", " LOSARTAN potassium ", "Cozaar"])
def test_losartan_is_known_without_any_table(name: str, without: None) -> None:
    known = named.structure(name)
    assert known is not None
    assert (known.name, read(known.smiles).inchikey) == ("losartan", "PSIFNNKUMBGKDQ-UHFFFAOYSA-N")
    assert known.source.url
    assert "draft" in known.source.marks


def test_aspirin_is_known_by_its_other_name(without: None) -> None:
    known = named.structure("aspirin")
    assert known is not None
    assert known.name == "acetylsalicylic acid"


def test_what_is_in_no_list_is_none(without: None) -> None:
    assert named.approved() == {}
    assert [named.structure(one) for one in ("", "  ", "no such drug", "x" * 5000, "CCO", "potassium")] == [
        None
    ] * 6


def test_each_structure_of_the_list_is_that_of_its_inchikey(monkeypatch: pytest.MonkeyPatch) -> None:
    assert named.check() == f"{len(named.listed())} structures of medicines"
    wrong = next(iter(named.listed().values())).model_copy(update={"smiles": "CCO"})
    monkeypatch.setattr(named, "listed", lambda: {"x": wrong})
    with pytest.raises(ValueError, match="is not that of its InChIKey"):
        named.check()


def test_the_table_is_read_by_name_and_by_the_names_of_other_countries(table: None) -> None:
    assert list(named.approved()) == ["acetaminophen", "made up name"]
    for spelling in ("acetaminophen", "paracetamol", "Paracetamol"):
        known = named.structure(spelling)
        assert known is not None
        assert (known.name, known.smiles) == ("Acetaminophen", "CC(=O)Nc1ccc(O)cc1")
    assert named.approved()["acetaminophen"].row["molecular_weight"] == 151.2
    assert named.approved()["made up name"].row["hERG"] != named.approved()["made up name"].row["hERG"]


def test_the_installed_table_holds_the_approved_drugs() -> None:
    if named.package() is None:
        pytest.skip("admet-ai is not installed: python3 bootstrap.py --extra discovery")
    assert len(named.approved()) == 2845
    known = named.structure("warfarin")
    assert known is not None
    assert known.source.version != "0"
