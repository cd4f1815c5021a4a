"""The library: answers at once, explains itself, refuses what it does not hold, and gives the same bytes twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.cards import Card
from retrieval.embed import EmbeddingUnavailable
from retrieval.evidence import Holder
from retrieval.fusion import ranks, reciprocal, weighted
from retrieval.passages import Document, from_card
from retrieval.search import FLOOR, Library, SearchOutcome, configure, library

ROOT = Path(__file__).resolve().parents[2]


def ids(outcome: SearchOutcome) -> list[str]:
    return [hit.document.source.id for hit in outcome.hits]


def test_the_right_card_comes_first_and_explains_itself(library: Library) -> None:
    outcome = library.search("Does Spiriva help in COPD?")
    assert ids(outcome) == ["card:tiotropium-copd-one"]
    why = outcome.hits[0].explain
    assert outcome.used == why.used == "words and vectors"
    assert why.word_rank == why.dense_rank == 1
    assert why.cosine is not None
    assert why.missing == ()
    assert outcome.hits[0].score == why.relevance >= FLOOR


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of France?",
        "Does roflumilast help in COPD?",
        "Does tiotropium help in depression?",
        "How is Bartter syndrome treated?",
        "??",
        "the of and",
    ],
)
def test_what_is_not_held_is_refused(library: Library, question: str) -> None:
    outcome = library.search(question)
    assert not outcome.covered
    assert outcome.best < outcome.floor
    assert outcome.searched.title == "literature library, 6 documents"
    assert outcome.searched.version == "2026-11-21"


def test_the_refusal_names_what_no_document_names(library: Library) -> None:
    assert library.search("Does roflumilast help in COPD?").unknown == ("roflumilast",)


def test_a_slip_is_corrected_and_said(library: Library) -> None:
    outcome = library.search("Does clopidogrle help after a stroke?")
    assert ids(outcome)[:1] == ["card:clopidogrel-stroke-one"] or outcome.corrected == {}
    assert library.search("simvastatine for high cholesterol").corrected in (
        {},
        {"simvastatine": "simvastatin"},
    )


def test_words_answer_before_the_vectors_have_joined(documents: tuple[Document, ...]) -> None:
    outcome = Library(documents).search("Does tiotropium help in COPD?")
    assert ids(outcome) == ["card:tiotropium-copd-one"]
    assert outcome.used == "words"
    assert outcome.hits[0].explain.cosine is None


def test_a_missing_model_leaves_the_words_and_says_why(
    documents: tuple[Document, ...], tmp_path: Path
) -> None:
    class Missing:
        name = "missing"

        def setup(self) -> None:
            raise EmbeddingUnavailable("not installed; run: python3 bootstrap.py")

        def encode(self, texts: Any) -> Any:
            raise AssertionError("never reached")

    held = Library(documents, tmp_path, Missing())
    assert held.wait(30) is False
    assert "bootstrap.py" in held.trouble
    assert ids(held.search("Does tiotropium help in COPD?")) == ["card:tiotropium-copd-one"]


def test_a_folder_that_cannot_be_written_leaves_the_words(
    documents: tuple[Document, ...], tmp_path: Path, encoder: Any
) -> None:
    (tmp_path / "taken").write_text("a file stands where the folder should be")
    held = Library(documents, tmp_path / "taken", encoder)
    assert held.wait(30) is False
    assert held.trouble
    assert held.search("Does tiotropium help in COPD?").covered


def test_a_second_start_embeds_nothing_again(
    documents: tuple[Document, ...], tmp_path: Path, encoder_maker: Any
) -> None:
    first = Library(documents, tmp_path, encoder_maker())
    assert first.wait(60)
    first.close()
    encoder = encoder_maker()
    second = Library(documents, tmp_path, encoder)
    assert second.wait(60)
    assert encoder.texts == ["ready"]
    second.close()


def test_questions_are_never_written(library: Library, tmp_path: Path) -> None:
    secret = "xylophonitis"
    library.search(f"Does tiotropium help my {secret}?")
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and secret.encode() in p.read_bytes()]


def test_filters(documents: tuple[Document, ...], library: Library) -> None:
    question = "Does tiotropium help in COPD?"
    assert library.search(question, since=2010, kinds=["trial"], depth=["abstract"], topics=["COPD"]).covered
    assert not library.search(question, since=2020).covered
    assert not library.search(question, kinds=["guideline"]).covered
    assert not library.search(question, depth=["full text"]).covered
    assert not library.search(question, topics=["stroke"]).covered


def test_deletion_removes_from_both_indexes(library: Library) -> None:
    question = "Does tiotropium help in COPD?"
    library.remove("card:tiotropium-copd-one")
    assert library.text("card:tiotropium-copd-one") is None
    assert not library.search(question).covered
    assert library.wait(60)
    assert not [
        hit for hit in library.ranked(question) if hit.document.source.id == "card:tiotropium-copd-one"
    ]
    view = library._keeping.view
    assert view.index is not None
    assert len(view.index.ids()) == len(view.shelf.entry_ids()) == 15
    assert not library.search(question).covered


def test_same_index_same_question_same_bytes(
    documents: tuple[Document, ...], tmp_path: Path, encoder_maker: Any
) -> None:
    answers = []
    for folder in ("one", "two"):
        held = Library(documents, tmp_path / folder, encoder_maker())
        assert held.wait(60)
        answers += [
            held.search("Does zinc help in pneumonia or nausea?", 5).model_dump_json() for _ in range(2)
        ]
        held.close()
    assert len(set(answers)) == 1


def test_at_most_two_passages_of_one_paper(cards: tuple[Card, ...], card_maker: Any) -> None:
    source = cards[0].source
    four = [card_maker(f"tiotropium-{n}", "tiotropium", "COPD", source=source) for n in "abcd"]
    outcome = Library([from_card(card) for card in four]).search("Does tiotropium help in COPD?", 10)
    assert ids(outcome) == ["card:tiotropium-a-one", "card:tiotropium-b-one"]


def test_what_is_retracted_is_named_and_never_shown(documents: tuple[Document, ...]) -> None:
    first = documents[0]
    source = first.source.model_copy(update={"marks": ("retracted",)})
    held = Library([first.model_copy(update={"source": source}), *documents[1:]])
    outcome = held.search("Does tiotropium help in COPD?")
    assert not outcome.covered
    assert [source.id for source in outcome.retracted] == ["card:tiotropium-copd-one"]


def test_the_library_holds_texts_for_verification(library: Library, cards: tuple[Card, ...]) -> None:
    holder: Holder = library
    assert holder.text(cards[0].source_id) == cards[0].text
    assert holder.text("card:none") is None
    assert holder.holding(cards[0].claim) == (cards[0].source_id,)
    assert holder.holding("  95% CI 1.1  to\n3.7 ") == tuple(card.source_id for card in cards)
    assert holder.holding("TIOTROPIUM RELIEVED") == ()
    assert holder.holding("   ") == ()


WORDS = st.sampled_from("quartz lantern violin harbour meadow copper saddle orbit".split())


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(WORDS, min_size=3, max_size=30))
def test_an_unrelated_document_pushes_no_relevant_one_away(
    cards: tuple[Card, ...], card_maker: Any, words: list[str]
) -> None:
    question = "Does zinc help in pneumonia?"
    base = [from_card(card) for card in cards]
    stranger = from_card(card_maker("stranger", words[0], words[1], claim=" ".join(words)))
    before = ids(Library(base).search(question))
    after = ids(Library([*base, stranger]).search(question))
    assert before == after == ["card:zinc-pneumonia-one"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=400))
def test_any_question_ends_in_an_outcome(documents: tuple[Document, ...], question: str) -> None:
    outcome = Library(documents).search(question)
    assert all(hit.score >= FLOOR for hit in outcome.hits)


def test_a_very_long_question_is_searched_by_what_it_asks(library: Library) -> None:
    tale = "I went to the market and then I came home again. " * 900
    assert ids(library.search(f"{tale} Does zinc help in pneumonia?")) == ["card:zinc-pneumonia-one"]


SCORES = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0, 50), max_size=8)


@given(SCORES, SCORES)
def test_fusion_keeps_every_candidate_and_stays_in_bounds(
    dense: dict[str, float], words: dict[str, float]
) -> None:
    fused = weighted(dense, words)
    assert set(fused) == (set(dense) | set(words))
    assert all(0 <= score <= 1 + 1e-9 for score in fused.values())
    assert set(reciprocal(dense, words)) == set(fused)
    assert sorted(ranks(dense).values()) == list(range(1, len(dense) + 1))


def test_the_best_of_both_lists_wins_either_way() -> None:
    dense, words = {"a": 0.9, "b": 0.5, "c": 0.1}, {"a": 7.0, "c": 3.0}
    for fuse in (weighted, reciprocal):
        fused = fuse(dense, words)
        assert max(fused, key=lambda name: fused[name]) == "a"


def test_a_process_that_ends_while_vectors_are_built_ends_cleanly(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom retrieval.search import library\n"
        "held = library(Path(sys.argv[1]))\nprint(held.search('hello').used)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "words", "")


def test_one_library_a_folder_and_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.search._settings", {})
    monkeypatch.setattr("retrieval.packs._settings", {})
    configure(tmp_path)
    assert library() is library(tmp_path)
    assert library() is not library(tmp_path / "other")
    assert not list(tmp_path.iterdir())


def test_a_rule_for_a_genotype_does_not_come_first_where_nobody_speaks_of_genes(card_maker: Any) -> None:
    rule = card_maker("rule-metoprolol", "metoprolol", "heart failure", topic="pharmacogenomics")
    trial = card_maker("trial-metoprolol", "metoprolol", "heart failure")
    held = Library([from_card(rule), from_card(trial)])
    assert ids(held.search("Does metoprolol help in heart failure?"))[0] == "card:trial-metoprolol-one"
