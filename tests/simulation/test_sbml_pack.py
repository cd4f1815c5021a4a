"""The pack of the whole-body models: several pinned files, pulled or brought as a folder, all or none."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from retrieval import packs as packing
from retrieval.packs import Pack, PackError, Packs, Refused, State, registry
from tools.simulation.records import Model, models

BODIES = {"one.xml": b"<one/>" * 50, "two.xml": b"<two/>" * 50}


def made(**more: Any) -> Pack:
    files = [
        {
            "name": name,
            "url": f"https://example.org/models/{name}",
            "sha256": hashlib.sha256(body).hexdigest(),
        }
        for name, body in BODIES.items()
    ]
    values = {
        "name": "made",
        "title": "Made",
        "version": "1",
        "licence": "CC0",
        "home": "https://example.org",
    }
    return Pack.model_validate(values | {"files": files} | more)


def store(folder: Path) -> Packs:
    return Packs(folder / "packs", {"made": made()})


def brought(folder: Path, zipped: bool = False) -> Path:
    place = folder / "brought"
    place.mkdir()
    (place / "SOURCE.txt").write_text("left alone")
    for name, body in BODIES.items():
        (place / (f"{name}.gz" if zipped else name)).write_bytes(gzip.compress(body) if zipped else body)
    return place


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzip"])
def test_a_folder_is_taken(tmp_path: Path, zipped: bool) -> None:
    held = store(tmp_path)
    kept = held.import_("made", [brought(tmp_path, zipped)])
    assert {path.name: path.read_bytes() for path in kept} == BODIES
    (stands,) = held.list()
    assert (stands.state, stands.pinned, stands.imported) == (State.HELD, True, True)
    assert held.verify("made").state is State.HELD
    kept[1].write_bytes(b"changed")
    assert held.verify("made").state is State.DAMAGED


def test_all_files_or_none(tmp_path: Path) -> None:
    place, held = brought(tmp_path), store(tmp_path)
    (place / "two.xml").unlink()
    with pytest.raises(PackError, match=r"of its 2 files there is no two\.xml"):
        held.import_("made", [place])
    (place / "two.xml").write_bytes(b"something else")
    with pytest.raises(Refused, match=r"two\.xml has sha256"):
        held.import_("made", [place])
    assert held.files("made") == ()
    assert held.list()[0].state is State.ABSENT


def test_a_gzip_file_that_grows_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = brought(tmp_path, zipped=True)
    monkeypatch.setattr(packing, "UNPACKED", 100)
    with pytest.raises(Refused, match="unpacks to more than"):
        store(tmp_path).import_("made", [place])


def test_a_broken_gzip_file_is_told(tmp_path: Path) -> None:
    place = brought(tmp_path, zipped=True)
    (place / "one.xml.gz").write_bytes(gzip.compress(BODIES["one.xml"])[:-9])
    with pytest.raises(PackError, match="cannot be unpacked"):
        store(tmp_path).import_("made", [place])


def test_a_pull_brings_each_file_from_its_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def fetched(pack: Pack, part: Path, progress: object) -> None:
        asked.append(pack.url)
        part.write_bytes(BODIES[Path(pack.url).name])

    monkeypatch.setattr(packing, "fetch", fetched)
    held = store(tmp_path)
    assert held.pull("made").name == "one.xml"
    assert asked == [f"https://example.org/models/{name}" for name in BODIES]
    assert {path.name for path in held.files("made")} == set(BODIES)
    monkeypatch.setattr(packing, "fetch", lambda pack, part, progress: part.write_bytes(b"another text"))
    with pytest.raises(Refused, match="not the expected one"):
        held.pull("made")
    assert held.list()[0].state is State.HELD  # what was there stays


@pytest.mark.parametrize(
    "more",
    [
        {"url": "https://example.org/more.xml"},
        {"sha256": "0" * 64},
        {"rolling": True},
        {"files": [{"name": "../x.xml", "url": "https://example.org/x.xml", "sha256": "0" * 64}]},
        {
            "files": [
                {"name": "x.xml", "url": f"https://{host}.org/x.xml", "sha256": "0" * 64} for host in "ab"
            ]
        },
        {"files": [{"name": "x.xml", "url": "https://a.org/x.xml", "sha256": "0" * 64}] * 2},
    ],
    ids=["url", "sha256", "rolling", "path", "hosts", "twice"],
)
def test_what_a_pack_of_several_files_cannot_be(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        made(**more)


def test_every_whole_body_record_has_its_file_in_its_pack() -> None:
    whole = [one for one in models().values() if one.kind == "whole_body"]
    assert {one.drug for one in whole} == {"glimepiride", "losartan", "apixaban"}
    for one in whole:
        assert one.body is not None
        assert one.body.file in {file.name for file in registry()[one.pack].files}
        assert "CC BY-SA 4.0" in one.body.attribution
        assert registry()[one.pack].licence.startswith("CC BY-SA 4.0")


def test_only_a_whole_body_has_a_body() -> None:
    record = models()["glimepiride"].model_dump()
    changes: tuple[dict[str, Any], ...] = (
        {"kind": "compartment"},
        {"body": None},
        {"pack": ""},
        {"genes": {}},
    )
    for change in changes:
        with pytest.raises(ValidationError):
            Model.model_validate(record | change)
