"""The transcript models of the development data: names and consequences that literature and hgvs-weaver agree on."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.bench.genomics import consequence as bench
from evals.bench.genomics import csq_cases
from evals.bench.genomics.weaver_check import SecondOpinion
from genomics import hgvs, variant
from genomics.builds import Build
from genomics.effect import Effect
from genomics.transcript import shelf, snapshot
from genomics.transcript.consequence import effect
from genomics.transcript.model import Transcript
from genomics.transcript.names import locate
from genomics.transcript.store import TranscriptStore

Models = dict[tuple[str, Build], Transcript]


@pytest.fixture(scope="module")
def models(shared: Path) -> Models:
    bundle = shared / "transcript-bundles" / "tx.json.gz"
    if not bundle.is_file():
        pytest.skip("transcript-bundles is not among the development data")
    return {(model.accession, model.build): model for model in snapshot.read(bundle)}


@pytest.fixture(scope="module")
def store(models: Models, tmp_path_factory: pytest.TempPathFactory) -> TranscriptStore:
    path = tmp_path_factory.mktemp("models") / "snapshot.sqlite"
    shelf.write(models.values(), path, {"source": "mehari snapshot", "builds": "GRCh37,GRCh38"})
    return TranscriptStore(path)


@pytest.mark.parametrize(
    ("build", "spelled"),
    [
        (Build.GRCH38, "17-43124027-ACT-A"),
        (Build.GRCH38, "17-43124030-CT-"),
        (Build.GRCH37, "17-41276044-ACT-A"),
        (Build.GRCH37, "17-41276047-CT-"),
    ],
)
def test_brca1_185delag_has_one_name_on_both_builds(
    store: TranscriptStore, build: Build, spelled: str
) -> None:
    given = variant.read(spelled, build)
    found = store.effects(given)
    assert isinstance(found, tuple)
    first = found[0]
    assert (first.transcript, first.mane_select, first.exon) == ("NM_007294.4", True, 2)
    assert (first.c_name, first.p_name) == ("c.68_69del", "p.Glu23ValfsTer17")
    assert (first.terms, first.new_stop, first.decay) == (("frameshift_variant",), 115, True)
    placed = store.place("BRCA1", hgvs.parse("c.68_69delAG"), build)
    assert isinstance(placed, variant.Variant)
    assert placed.same_as(given)


def test_both_builds_say_the_same_of_every_transcript(models: Models) -> None:
    for (accession, build), model in models.items():
        twin = models.get((accession, Build.GRCH38))
        if build is Build.GRCH38 or twin is None:
            continue
        for index in range(0, 3 * model.coding_length, 41):
            assert bench.snv(model, index) == bench.snv(twin, index)


def test_every_coding_model_has_a_plain_frame(models: Models) -> None:
    assert [key for key, model in models.items() if not model.is_plain] == []


def test_mitochondrial_models_read_table_two_to_their_stop(models: Models) -> None:
    coding = [model for model in models.values() if model.contig == "MT" and model.cds]
    assert len(coding) == 13
    assert all(model.residues.startswith("M") and model.residues.endswith("*") for model in coding)


def test_a_thousand_snvs_of_brca1_brca2_and_ttn_beside_weaver(models: Models) -> None:
    chosen = [models["NM_007294.4", Build.GRCH38], models["NM_000059.4", Build.GRCH37]]
    chosen.append(models["NM_001267550.2", Build.GRCH37])
    second = SecondOpinion(chosen)
    for model in chosen:
        for index in range(0, 3 * model.coding_length, model.coding_length // 120):
            one = bench.snv(model, index)
            assert second.p_name(model.accession, one.c_name) == one.p_name


def test_random_indels_beside_weaver(models: Models) -> None:
    """They differ only where an insertion ends in a stop codon, for which HGVS has two spellings."""
    chosen = [models["NM_007294.4", Build.GRCH38], models["NM_000059.4", Build.GRCH37]]
    compared = list(bench.indels(chosen, SecondOpinion(chosen)))
    differ = [row for row in compared if row[1] != row[2]]
    assert len(compared) > 2_500
    assert len(differ) <= 0.005 * len(compared)
    assert all(theirs.endswith("Ter") and "delins" in theirs for _, _, theirs in differ)


@pytest.mark.parametrize(("name", "p_name"), sorted(bench.FRAMESHIFTS.items()))
def test_known_frameshifts(models: Models, name: str, p_name: str) -> None:
    for build in Build:
        model = models["NM_007294.4", build]
        placed = locate(model, hgvs.parse(name))
        assert isinstance(placed, variant.Variant)
        said = effect(model, placed.pos, placed.ref, placed.alt)
        assert isinstance(said, Effect)
        assert (said.c_name, said.p_name) == (name, p_name)
        assert said.decay is (name == "c.68_69del"), "the new stop of c.5266dup lies in the last exon"


def test_own_caller_on_the_single_changes_of_bcftools(shared: Path) -> None:
    folder = shared / "bcftools-csq-tests"
    if not folder.is_dir():
        pytest.skip("bcftools-csq-tests is not among the development data")
    own = list(csq_cases.own(list(csq_cases.cases(folder))))
    assert len(own) == 123
    assert sum(good for _, good, _ in own) >= 103


@pytest.mark.slow
def test_the_bars_of_this_part_are_met(shared: Path) -> None:
    assert [row.measure for row in bench.rows(shared) if row.met is False] == []
