"""The MOSES pack, read from a tiny wheel that the test makes."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from retrieval.packs import Pack, PackError, Packs, registry
from tests.discovery import moses_wheel
from tools.discovery.moses import MEMBERS, PACK, STATISTICS, Moses, MosesError, held
from tools.discovery.moses_statistics import published

pytest.importorskip("rdkit", reason="the extra discovery is not installed")


@pytest.fixture
def moses(tmp_path: Path) -> Moses:
    return Moses(moses_wheel.wheel(tmp_path))


def test_every_split_comes_in_the_order_of_its_file(moses: Moses) -> None:
    assert moses.molecules("train") == moses_wheel.TRAIN
    assert moses.molecules("test") == moses_wheel.TEST
    assert moses.molecules("test_scaffolds") == moses_wheel.SCAFFOLDS


def test_a_sample_is_the_head_of_a_larger_one_and_never_repeats(moses: Moses) -> None:
    assert moses.sample(6, 7)[:3] == moses.sample(3, 7)
    assert sorted(moses.sample(8, 7)) == sorted(moses_wheel.TRAIN)
    assert moses.sample(8, 7) != moses.sample(8, 8)
    with pytest.raises(ValueError, match="holds 8 molecules"):
        moses.sample(9, 7)


def test_known_are_those_that_stand_in_the_split(moses: Moses) -> None:
    assert moses.known(["CCO", "CCCO", "CCN"]) == {"CCO", "CCN"}
    assert moses.known(["CCO", "CCCO"], "test") == {"CCCO"}


def test_the_filters_are_those_of_the_wheel(moses: Moses) -> None:
    filters = moses.filters()
    assert filters.passes("CCO")
    assert not filters.passes("CC=CC#N"), "MCF1"
    assert not filters.passes("CN=NC"), "the pattern of the second file"


def test_what_is_no_list_of_molecules_is_refused(tmp_path: Path) -> None:
    broken = {MEMBERS["test"]: moses_wheel.listed(["CCO"], head="NAME"), MEMBERS["train"]: b"no gzip"}
    moses = Moses(moses_wheel.wheel(tmp_path, broken, left_out=[MEMBERS["test_scaffolds"]]))
    for split, words in (("test", "no list"), ("train", "cannot be read"), ("test_scaffolds", "holds no")):
        with pytest.raises(MosesError, match=words):
            moses.molecules(split)  # type: ignore[arg-type]


def test_a_file_that_is_no_wheel_is_refused_with_the_command(tmp_path: Path) -> None:
    (tmp_path / "molsets.whl").write_bytes(b"nothing")
    with pytest.raises(MosesError, match="consilium packs import moses"):
        Moses(tmp_path / "molsets.whl").molecules("test")


def test_the_published_statistics_are_read(moses: Moses) -> None:
    found = published(moses, "test")
    assert found.n == 2
    assert np.unpackbits(found.bits, axis=1).sum() == 4
    assert found.fragments == {"CCC": 1, "CCCO": 1}
    assert found.mean.shape == (512,)
    assert found.covariance.trace() == 512
    assert list(found.properties["logp"]) == [0, 1]


def test_train_has_no_published_statistics(moses: Moses) -> None:
    with pytest.raises(MosesError, match="no statistics of train"):
        published(moses, "train")


class Runs:
    """A pickle of this runs a command."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("ran",)


def test_a_pickle_that_names_anything_else_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    evil = moses_wheel.wheel(tmp_path, {STATISTICS["test"]: moses_wheel.npz(Runs())})
    with pytest.raises(MosesError, match="is not read"):
        published(Moses(evil), "test")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("lacking", ["SNN", "FCD", "logP"])
def test_statistics_that_lack_a_part_are_refused(tmp_path: Path, lacking: str) -> None:
    stats = {name: part for name, part in moses_wheel.statistics(2).items() if name != lacking}
    made = moses_wheel.wheel(tmp_path, {STATISTICS["test"]: moses_wheel.npz(stats)})
    with pytest.raises(MosesError, match=lacking):
        published(Moses(made), "test")


def test_the_pack_is_pinned_and_comes_only_by_import(tmp_path: Path) -> None:
    pack = registry()[PACK]
    assert pack.sha256
    assert not pack.url
    assert pack.licence == "MIT"
    with pytest.raises(PackError, match="packs import moses"):
        Packs(tmp_path).pull(PACK)


def test_another_wheel_is_not_taken_for_the_pack(tmp_path: Path) -> None:
    packs = Packs(tmp_path / "packs")
    with pytest.raises(PackError, match="not the expected one"):
        packs.import_(PACK, [moses_wheel.wheel(tmp_path)])
    assert held(packs) is None


def test_held_finds_the_imported_wheel(tmp_path: Path) -> None:
    unpinned: Pack = registry()[PACK].model_copy(update={"sha256": None})
    packs = Packs(tmp_path / "packs", {PACK: unpinned})
    assert held(packs) is None
    packs.import_(PACK, [moses_wheel.wheel(tmp_path)])
    found = held(packs)
    assert found is not None
    assert found.molecules("test") == moses_wheel.TEST
