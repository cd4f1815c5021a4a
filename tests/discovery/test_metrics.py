"""The MOSES metrics on small sets: by hand, against RDKit pair by pair, and a set against itself."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

pytest.importorskip("rdkit", reason="the extra discovery is not installed")

from tools.discovery import metrics, similarity
from tools.discovery.chemnet import Gaussian
from tools.discovery.filters import MosesFilters
from tools.discovery.gathered import Gathered, Reference, fragments, gathered, scaffold
from tools.discovery.molecules import chem, fingerprint, tanimoto

BIPHENYL = "c1ccc(-c2ccccc2)cc1"
SOME = (
    "CC(=O)Nc1ccc(O)cc1", BIPHENYL, "O=C(NCC1CCNCC1)c1ccc2[nH]ccc2c1", "CCOC(=O)c1ccccc1", "CN1CCN(c2ccccn2)CC1",
    "O=C(Nc1ccccc1)c1cccnc1", "CC(C)Cc1ccc(C(C)C(=O)O)cc1", "COc1ccc2cc(C(C)C(=O)O)ccc2c1",
)  # fmt: skip
AZO = MosesFilters("names,smarts\nMCF,[#6]=&!@[#6]-[#6]#[#7]\n", '"[N;R0]=[N;R0]","azo"\n')


def bits(*rows: Sequence[int]) -> similarity.Bits:
    """Packed fingerprints with these bits set."""
    made = np.zeros((len(rows), 1024), dtype=np.uint8)
    for row, held in zip(made, rows, strict=True):
        row[list(held)] = 1
    return np.packbits(made, axis=1)


def test_nearest_by_hand() -> None:
    found = similarity.nearest(bits((0, 1), (5,)), bits((0, 1, 2, 3), (1, 9)))
    assert found == pytest.approx([2 / 4, 0])


def test_internal_diversity_by_hand_counts_each_molecule_with_itself() -> None:
    two = bits((0, 1), (1, 2))
    assert similarity.internal_diversity(two) == pytest.approx(1 - (1 + 1 + 1 / 3 + 1 / 3) / 4)
    assert similarity.internal_diversity(two, p=2) == pytest.approx(
        1 - math.sqrt((1 + 1 + 1 / 9 + 1 / 9) / 4)
    )


def test_the_root_is_taken_for_each_molecule_as_in_the_code_of_moses() -> None:
    three = bits((0,), (0,), (1,))
    rows = math.sqrt(2 / 3), math.sqrt(2 / 3), math.sqrt(1 / 3)
    assert similarity.internal_diversity(three, p=2) == pytest.approx(1 - sum(rows) / 3)


def test_empty_fingerprints_are_the_same() -> None:
    assert similarity.nearest(bits(()), bits(())) == [1]


def test_similarities_are_those_of_rdkit_pair_by_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similarity, "BLOCK", 3)
    held = gathered("some", SOME)
    prints = [fingerprint(one) for one in SOME]
    pairs = np.array([[tanimoto(one, other) for other in prints] for one in prints])
    assert similarity.internal_diversity(held.bits) == pytest.approx(1 - pairs.mean())
    assert similarity.internal_diversity(held.bits, 2) == pytest.approx(
        1 - np.sqrt((pairs**2).mean(axis=0)).mean()
    )
    assert similarity.nearest(held.bits[:2], held.bits[2:]) == pytest.approx(pairs[:2, 2:].max(axis=1))


def test_nothing_to_compare_with_is_an_error() -> None:
    with pytest.raises(ValueError, match="no molecule"):
        similarity.nearest(bits((1,)), bits())
    with pytest.raises(ValueError, match="no molecules"):
        similarity.internal_diversity(bits())


def test_valid_and_unique_count_what_was_drawn() -> None:
    held = gathered("drawn", ["CCO", "OCC", "C(", "", None, "CCN", "c1ccccc1C(C)(C)(C)C"])
    assert held.drawn == 7
    assert held.smiles == ("CCO", "CCO", "CCN")
    found = metrics.measure(held)
    assert found.valid == pytest.approx(3 / 7)
    assert found.unique_1k == pytest.approx(2 / 3)


def test_unique_at_k_looks_at_the_first_k_valid() -> None:
    held = gathered("drawn", ["C(", "CCO", "CCO", "CCN", "CCC"])
    assert metrics.unique(held, 2) == 0.5
    assert metrics.unique(held, 3) == pytest.approx(2 / 3)
    assert metrics.unique(held, 10_000) == 0.75


def test_novel_is_a_share_of_the_distinct() -> None:
    held = gathered("drawn", ["CCO", "CCO", "CCO", "CCN", "CCC", "CCS"])
    assert metrics.novel(held, lambda asked: {"CCO", "CCBr"}.intersection(asked)) == 0.75
    assert metrics.novel(held, lambda asked: ["CCO", "CCBr"]) == 0.75


def test_fragments_and_scaffolds_by_hand() -> None:
    amide = chem().MolFromSmiles("O=C(Nc1ccccc1)c1cccnc1")
    assert sorted(fragments(amide)) == ["[1*]C([6*])=O", "[16*]c1ccccc1", "[16*]c1cccnc1", "[5*]N[5*]"]
    assert scaffold(amide) == "O=C(Nc1ccccc1)c1cccnc1"
    assert scaffold(chem().MolFromSmiles("CCc1ccccc1")) == "", "one ring is not counted"
    assert fragments(chem().MolFromSmiles("CCC")) == ("CCC",)


def test_cosine_by_hand() -> None:
    assert metrics.cosine(Counter(a=3, b=4), Counter(a=4, c=3)) == pytest.approx(12 / 25)
    assert metrics.cosine(Counter(a=1), Counter(b=1)) == 0
    assert math.isnan(metrics.cosine(Counter(), Counter(a=1)))


def test_a_set_against_itself() -> None:
    held = gathered("some", SOME, patterns=AZO)
    found = metrics.measure(held, test=Reference.of(held), known=lambda asked: asked)
    assert found.test is not None
    assert found.test.frag == pytest.approx(1)
    assert found.test.scaff == pytest.approx(1)
    assert found.test.snn == pytest.approx(1)
    assert set(found.test.wasserstein.values()) == {0.0}
    assert found.novel == 0
    assert (found.valid, found.unique_10k, found.filters) == (1, 1, 1)


def test_wasserstein_of_a_shift_is_the_shift() -> None:
    held = gathered("some", SOME)
    real = Reference.of(held)
    heavier = replace(real, values={**real.values, "weight": real.values["weight"] + 12})
    assert metrics.against(held, heavier).wasserstein["weight"] == pytest.approx(12)


def test_the_order_of_a_set_changes_nothing_but_unique_at_k() -> None:
    one, other = (gathered("some", SOME[::step], patterns=AZO) for step in (1, -1))
    real = Reference.of(gathered("real", SOME[:3]))
    first, second = (metrics.measure(held, test=real) for held in (one, other))
    assert first.test is not None
    assert second.test is not None
    for found, again in ((first.qed, second.qed), (first.internal_diversity, second.internal_diversity),
                         (first.test.snn, second.test.snn), (first.test.scaff, second.test.scaff)):  # fmt: skip
        assert found == pytest.approx(again)


def test_a_molecule_with_an_alert_raises_the_share_of_alerts_and_lowers_that_of_filters() -> None:
    clean = gathered("clean", SOME, patterns=AZO)
    with_azo = gathered("azo", [*SOME, "CN=NC"], patterns=AZO)
    assert metrics.measure(with_azo).alerts > metrics.measure(clean).alerts
    assert metrics.measure(with_azo).filters == pytest.approx(8 / 9)


def test_without_patterns_the_filters_are_not_measured() -> None:
    assert metrics.measure(gathered("some", SOME)).filters is None


def test_a_set_without_a_valid_molecule_is_refused() -> None:
    with pytest.raises(ValueError, match="no valid molecule of 2 drawn"):
        metrics.measure(gathered("none", ["C(", ""]))


def test_the_table_cannot_be_had_without_the_reference_row() -> None:
    real, ours = (metrics.measure(gathered(name, SOME)) for name in ("real", "ours"))
    with pytest.raises(ValueError, match="measures nothing"):
        metrics.table("Metrics", real)
    told = metrics.table("Metrics", real, ours)
    assert [row[0] for row in told.rows] == ["real", "ours"]
    for column in ("QED", "SA", "alerts", "FCD"):
        place = told.columns.index(column)
        assert all(row[place] for row in told.rows)
    assert told.rows[1][told.columns.index("FCD")] == metrics.NOT_MEASURED


def test_metrics_printed_alone_show_no_figure() -> None:
    shown = repr(metrics.measure(gathered("ours", SOME)))
    assert "ours" in shown
    assert "1.0" not in shown


def test_gathered_tells_the_distance_only_where_both_sides_have_one() -> None:
    made: list[Sequence[str]] = []

    def gaussian(smiles: Sequence[str]) -> Gaussian:
        made.append(smiles)
        return Gaussian(len(smiles), np.zeros(2), np.eye(2))

    held: Gathered = gathered("some", SOME, gaussian=gaussian)
    assert made == [held.smiles]
    assert metrics.against(held, Reference.of(gathered("real", SOME))).fcd is None
    both = metrics.against(held, Reference.of(held)).fcd
    assert both is not None
    assert both.value == pytest.approx(0)
    assert "n 8 against 8" in str(both)


def test_fragment_counts_are_over_all_molecules() -> None:
    held = gathered("twice", ["CCC", "CCC", "CCCC"])
    assert Reference.of(held).fragments == {"CCC": 2, "CCCC": 1}
    assert Reference.of(held).n == 3


@pytest.mark.parametrize(("p", "molecules"), list(product((1, 2), (("CCO",), ("CCO", "CCO")))), ids=str)
def test_one_molecule_however_often_has_no_diversity(p: int, molecules: tuple[str, ...]) -> None:
    assert similarity.internal_diversity(gathered("one", molecules).bits, p) == pytest.approx(0)
