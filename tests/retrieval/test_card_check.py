"""The checker of evidence cards: on small data sets made here, on the real cards, and on the shared data."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from retrieval.card_check import check, copied_run, figures, main, named
from retrieval.cards import Card, load

PAGE = "https://example.org/low-sugar"
GUIDE = "https://example.org/guide/1"
ABSTRACT = [
    ["Methods", "We gave 1,234 adults drug A or placebo for twelve weeks, with HbA 1c as the main outcome."],
    ["Results", "Risk fell: hazard ratio 0·66 (95% CI 0·55–0·79; p<0·001) against 8.5 percent on placebo."],
]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        stream.write(text)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    trial = {
        "pmid": "111",
        "doi": "10.1/abc",
        "journal": "Journal of Trials",
        "year": 2016,
        "title": "Drug A for diabetes: T he ALPHA trial",
        "abstract": ABSTRACT,
    }
    _write(tmp_path / "evidence_inference/articles.jsonl.gz", json.dumps(trial) + "\n")
    snippets = [
        {"beginSection": section, "endSection": section, "document": "http://x/pubmed/222", "text": text}
        for section, text in (
            ("title", "Drug B works."),
            ("abstract", "Pain fell\u2028by 30% with B\x85in 9."),
        )
    ]
    row = json.dumps({"snippets": snippets}, ensure_ascii=False)
    _write(tmp_path / "mirage/bioasq_7b_9b.jsonl.gz", row + "\n")
    paper = {
        "QUESTION": "Does C help?",
        "CONTEXTS": ["Of 50 people 20 had less pain."],
        "LONG_ANSWER": "Yes.",
    }
    _write(tmp_path / "pubmedqa/pubmedqa_dev500.json.gz", json.dumps({"333": {**paper, "YEAR": "2010"}}))
    guides = [_guide(GUIDE, "Guide for D and CYP2D6", "50%"), _guide(f"{GUIDE}2", "Guide for E", "75%")]
    _write(tmp_path / "pharmcat-2.12.0/guidelines.jsonl.gz", "".join(json.dumps(g) + "\n" for g in guides))
    page = {
        "url": PAGE,
        "focus": "Low sugar",
        "source": "NIH",
        "question": "What to do?",
        "answer": "Take 15 g.",
    }
    _write(tmp_path / "medquad/medquad_answers.jsonl.gz", json.dumps(page) + "\n")
    return tmp_path


def _guide(url: str, name: str, dose: str) -> dict[str, Any]:
    return {
        "guideline": {"name": name, "url": url, "id": "PA99"},
        "recommendations": [{"id": "PA77", "text": {"id": 88, "html": f"<p>Give {dose} of the dose.</p>"}}],
        "citations": [{"pmid": "444", "title": "Guidelines.", "journal": "J", "year": 2011}],
    }


def _card(source: dict[str, Any] | None = None, **changes: Any) -> Card:
    base: dict[str, Any] = {
        "id": "drug-a-risk",
        "topic": "diabetes",
        "question": {"clinician": "Does A lower risk?", "patient": "Is A good for me?"},
        "claim": "Drug A cut the risk compared with placebo.",
        "population": "1234 adults",
        "effect": "HR 0.66 (95% CI 0.55 to 0.79)",
        "design": "trial of 12 weeks",
        "limits": "Abstract only; an excerpt.",
        "names": ["drug A"],
        "source": {
            "pmid": "111",
            "doi": "10.1/ABC",
            "title": "Drug A for diabetes: The ALPHA trial",
            "journal": "Journal of Trials",
            "year": 2016,
            "depth": "abstract",
            "held_in": "evidence_inference",
        },
        "checked": "2026-11-21",
    }
    return Card.model_validate({**base, **({"source": source} if source else {}), **changes})


def _source(**changes: Any) -> dict[str, Any]:
    return {**_card().source.model_dump(mode="json", exclude_none=True), **changes}


def _problems(card: Card, data: Path | None) -> list[str]:
    return [str(problem) for problem in check([card], data)]


def test_a_true_card_has_no_problem(data: Path) -> None:
    assert _problems(_card(n=1234), data) == []


@pytest.mark.parametrize(
    ("field", "text", "figure"),
    [
        ("effect", "HR 0.67", "0.67"),
        ("claim", "A cut the risk by 34%.", "34"),
        ("population", "1235 adults", "1235"),
        ("design", "trial of eleven weeks", "11"),
        ("limits", "only 3 weeks", "3"),
        ("outcome", "risk at .05", "0.05"),
    ],
)
def test_a_figure_that_is_not_in_the_source_is_caught(data: Path, field: str, text: str, figure: str) -> None:
    change: dict[str, Any] = {field: text}
    assert _problems(_card(**change), data) == [
        f"drug-a-risk: {field}: {figure} does not stand in the source"
    ]


def test_a_wrong_n_is_caught(data: Path) -> None:
    assert _problems(_card(n=1243), data) == ["drug-a-risk: n: 1243 does not stand in the source"]


def test_a_pmid_that_is_not_held_is_caught(data: Path) -> None:
    assert _problems(_card(_source(pmid="999")), data) == [
        "drug-a-risk: source: 999 is not held in evidence_inference"
    ]


def test_a_missing_data_set_holds_nothing(tmp_path: Path) -> None:
    assert _problems(_card(), tmp_path) == ["drug-a-risk: source: 111 is not held in evidence_inference"]


def test_a_copied_sentence_is_caught(data: Path) -> None:
    copied = "They gave 1,234 adults drug A or placebo for twelve weeks, with a good result."
    assert _problems(_card(claim=copied), data) == [
        "drug-a-risk: claim: copied from the source: 'gave 1234 adults drug a or placebo for'"
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "Drug A for hypertension: The ALPHA trial"}, "source.title"),
        ({"year": 2017}, "source.year"),
        ({"journal": "Journal of Errors"}, "source.journal"),
        ({"doi": "10.1/abd"}, "source.doi"),
        ({"url": "https://example.org/never-seen"}, "source.url"),
        ({"depth": "full text"}, "source.depth"),
    ],
)
def test_a_source_that_is_told_wrongly_is_caught(data: Path, changes: dict[str, Any], field: str) -> None:
    (problem,) = check([_card(_source(**changes))], data)
    assert problem.field == field


def test_a_gene_digit_is_a_name_not_a_figure(data: Path) -> None:
    assert _problems(_card(claim="A acts on GLP-1."), data) == [
        "drug-a-risk: claim: 'glp-1' stands neither in the source nor in names"
    ]
    assert _problems(_card(claim="A acts on GLP-1.", names=["drug A", "GLP-1"]), data) == []
    assert _problems(_card(claim="A lowered HbA1c."), data) == []


def test_snippets_of_one_paper_are_read_together_across_line_separators(data: Path) -> None:
    source = {"pmid": "222", "title": "Drug B works", "depth": "abstract", "held_in": "mirage"}
    card = _card(source, population="9 people", effect="30% less", design="study")
    assert _problems(card, data) == []
    unread = _card(source, population="9 people", effect="30% less", design="study", limits="Abstract only.")
    (problem,) = check([unread], data)
    assert problem.field == "limits"


def test_a_question_paper_agrees_by_title_and_year(data: Path) -> None:
    source = {
        "pmid": "333",
        "title": "Does C help?",
        "year": 2010,
        "depth": "abstract",
        "held_in": "pubmedqa",
    }
    assert _problems(_card(source, population="50 people", effect="", design="study"), data) == []


def test_a_guideline_address_narrows_the_text_to_its_file(data: Path) -> None:
    source = {"pmid": "444", "title": "Guidelines", "depth": "guideline", "held_in": "pharmcat-2.12.0"}
    plain = {"population": "carriers", "design": "guideline", "names": ["CYP2D6"]}
    assert _problems(_card(source, effect="75% of the dose", **plain), data) == []
    of_one_file = {**source, "url": GUIDE}
    assert _problems(_card(of_one_file, effect="50% of the dose", **plain), data) == []
    assert _problems(_card(of_one_file, effect="75% of the dose", **plain), data) == [
        "drug-a-risk: effect: 75 does not stand in the source"
    ]
    assert _problems(_card({**of_one_file, "pmid": "445"}, effect="", **plain), data) == [
        "drug-a-risk: source.pmid: 445 is not a PMID of this source in the data set"
    ]


def test_record_ids_of_a_guideline_are_no_figures(data: Path) -> None:
    source = {"url": GUIDE, "title": "Guidelines", "depth": "guideline", "held_in": "pharmcat-2.12.0"}
    (problem,) = check([_card(source, population="carriers", effect="88% of it", design="guideline")], data)
    assert problem.wrong == "88 does not stand in the source"


def test_a_page_is_found_by_its_address_and_may_be_full_text(data: Path) -> None:
    source = {"url": PAGE, "title": "Low sugar", "depth": "full text", "held_in": "medquad"}
    assert _problems(_card(source, population="people", effect="15 g", design="page"), data) == []
    nameless = {"title": "Low sugar", "depth": "full text", "held_in": "medquad"}
    (problem,) = check([_card(nameless)], None)
    assert problem.field == "source"


def test_a_conflict_must_be_named_from_both_sides() -> None:
    one, other = _card(conflicts_with=["drug-a-other"]), _card(id="drug-a-other")
    (problem,) = check([one, other], None)
    assert (problem.card, problem.field) == ("drug-a-risk", "conflicts_with")
    assert check([one, _card(id="drug-a-other", conflicts_with=["drug-a-risk"])], None) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"limits": ""}, "limits"),
        ({"names": []}, "names"),
        ({"n": 0}, "n"),
        ({"question": {"clinician": "Does A help?", "patient": "does a help"}}, "question"),
    ],
)
def test_the_form_is_checked_without_data(changes: dict[str, Any], field: str) -> None:
    (problem,) = check([_card(**changes)], None)
    assert problem.field == field


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20,536 adults, 12\u2009345 more", {"20536", "12345"}),
        ("0·66 and .05 and \u22123.4%", {"0.66", "0.05", "3.4"}),
        ("40mg for twelve weeks", {"40", "12"}),
        ("BRCA1, CYP2C19*2 and GLP-1 in 5-year data", {"5"}),
        ("0.55–0.79, placebo-0.3", {"0.55", "0.79", "0.3"}),
    ],
)
def test_figures_in_many_spellings(text: str, expected: set[str]) -> None:
    assert figures(text) == expected


def test_names_with_digits() -> None:
    assert named("BRCA1, CYP2C19*2, GLP-1, HbA1c, kg/m² and HR-0.85") == {
        "brca1",
        "cyp2c19*2",
        "glp-1",
        "hba1c",
        "m2",
    }


def test_shared_statistics_are_not_a_copied_sentence() -> None:
    figures_only = "hazard ratio 0.66, 95% CI 0.55 to 0.79; p 0.001"
    assert copied_run(figures_only, f"with a {figures_only} in all") is None


def test_the_command_says_what_it_checked(data: Path, tmp_path: Path, capsys: Any) -> None:
    folder = tmp_path / "cards"
    folder.mkdir()
    row = _card(effect="HR 0.67").model_dump(mode="json")
    (folder / "some.yaml").write_text(json.dumps([row]), encoding="utf-8")
    assert main(["--cards", str(folder)]) == 0
    assert "checked form only (no --against DIR)" in capsys.readouterr().out
    assert main(["--cards", str(folder), "--against", str(data)]) == 1
    assert "drug-a-risk: effect: 0.67 does not stand" in capsys.readouterr().out
    (folder / "some.yaml").write_text("[{id: x}]", encoding="utf-8")
    assert main(["--cards", str(folder)]) == 1


def test_the_real_cards_have_no_problem_of_form() -> None:
    assert [str(problem) for problem in check(load(), None)] == []


def test_the_real_cards_stand_in_their_sources(shared: Path) -> None:
    assert [str(problem) for problem in check(load(), shared)] == []
