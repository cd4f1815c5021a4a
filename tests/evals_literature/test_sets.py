"""The rules of the sets, on small files that the tests make."""

from __future__ import annotations

from pathlib import Path

from evals.literature import medquad, sets


def test_bioasq_joins_the_snippets_of_a_paper_and_drops_a_question_without_any(data: Path):
    made = sets.bioasq(data)
    assert [q.id for q in made.questions] == ["q1", "q2"]
    assert dict(made.questions[0].grades) == {"pubmed:11": 1, "pubmed:12": 1}
    texts = {one.source.id: one.text for one in made.documents}
    assert texts["pubmed:11"] == "Kalinol slowed vermiform fever.\nFever\u2028fell."
    assert texts["pubmed:12"] == "Kalinol was safe.", "a snippet that two questions share is held once"


def test_every_section_is_a_stretch_of_the_text(data: Path):
    for document in (*sets.articles(data), *sets.pubmedqa(data).documents):
        for part in document.sections:
            said = document.text[part.start : part.end]
            assert said
            assert said == said.strip()


def test_pubmedqa_results_only_leaves_out_what_has_no_results(data: Path):
    assert [q.id for q in sets.pubmedqa(data).questions] == ["21", "22"]
    made = sets.pubmedqa(data, results_only=True)
    assert [one.text for one in made.documents] == ["Kalinol cured nine of ten."]
    assert made.documents[0].source.title == sets.NAMELESS, "the question is the title: it must not be held"


def test_evidence_inference_takes_one_prompt_an_article_and_none_that_fits_two(data: Path):
    made = sets.evidence_inference(data)
    found = {q.id: q.text for q in made.questions}
    assert found == {"1": "kalinol versus placebo, pain", "4": "torvamide versus placebo, pain"}
    assert len(made.documents) == 4
    assert made.documents[3].text == "A title alone"


def test_a_question_keeps_its_half_and_halves_share_no_question():
    halves = {name: sets.held_out("set", name) for name in map(str, range(400))}
    assert halves == {name: sets.held_out("set", name) for name in halves}
    assert 150 < sum(halves.values()) < 250


def test_medquad_asks_by_another_name_and_the_lender_leaves_the_pool(data: Path):
    made = medquad.medquad(data)
    [renamed] = [q for q in made.questions if q.id.startswith("another name")]
    held = {one.source.id for one in made.documents}
    lender, own, others = (
        ("shaking", {"medquad:A:1", "medquad:A:2"}, {"medquad:B:3": 2, "medquad:B:4": 1})
        if "shaking" in renamed.id
        else ("parken", {"medquad:B:3", "medquad:B:4"}, {"medquad:A:1": 2, "medquad:A:2": 1})
    )
    assert lender in renamed.text.casefold()
    assert dict(renamed.grades) == others
    assert not own & held
    assert set(others) <= held


def test_medquad_asks_what_two_sources_answer_in_other_words(data: Path):
    made = medquad.medquad(data)
    [told] = [q for q in made.questions if q.id.startswith("another source")]
    assert dict(told.grades) == {"medquad:A:5": 2, "medquad:B:6": 2, "medquad:B:7": 1}
    assert "What are the" not in told.text
    assert "medquad:A:8" not in {one.source.id for one in made.documents}, (
        "a focus without a twin is not in the pool"
    )


def test_medquad_ids_that_repeat_in_another_collection_stay_two_answers():
    one = {"collection": "1_A", "id": "0001-1"}
    assert medquad.name_of(one) != medquad.name_of(one | {"collection": "2_B"})
