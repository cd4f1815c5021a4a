"""Two blind sets of questions, each by somebody who had not seen the search code.

First measures: set 1 (data/questions.yaml) at 13 of 30, and 20 of 20 refused. Its misses were then seen by the author
of the router, who let a question keep its story; the search was reworked by somebody who had not seen the set: 27 of 30
and 20 of 20. Set 2 (questions_2.yaml), written meanwhile: 30 of 30 and 17 of 20 at its first run. Misses are printed
(-s).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from assistant.answer import Answer, Role
from assistant.ask import Assistant
from assistant.held import held
from assistant.settings import Settings
from assistant.verify.numbers import unsupported
from assistant.verify.words import share
from retrieval.cards import starter
from retrieval.evidence import Outcome

SETS = {
    name: yaml.safe_load((Path(__file__).parent / "data" / name).read_text(encoding="utf-8"))
    for name in ("questions.yaml", "questions_2.yaml")
}
ROWS = [
    row
    for data in SETS.values()
    for part in ("inside", "outside", "not_medical")
    for row in data.get(part, ())
]


@pytest.fixture(scope="module")
def assistant(module_data_dir: Path) -> Iterator[Assistant]:
    made = Assistant(Settings(data_dir=module_data_dir))
    made.warm()
    yield made
    made.close()


@pytest.fixture(scope="module")
def answers(assistant: Assistant) -> dict[str, Answer]:
    """Every question's answer, each in a session of its own."""
    return {row["id"]: assistant.ask(assistant.open(Role.CLINICIAN), row["question"]) for row in ROWS}


def cards_of(answer: Answer) -> list[str]:
    """The cards behind an answer's literature, in order."""
    sources = [claim.evidence[0].source.id for claim in answer.claims]
    return [source.removeprefix("card:") for source in sources if source.startswith("card:")]


def test_the_sets_name_cards_that_exist() -> None:
    known = {card.id for card in starter()}
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    for data in SETS.values():
        assert (len(data["inside"]), len(data["outside"])) == (30, 20)
        assert {name for row in data["inside"] for name in row["cards"]} <= known


@pytest.mark.parametrize("name", SETS)
def test_the_right_card_is_in_the_top_three_for_27_of_30(name: str, answers: dict[str, Answer]) -> None:
    missed = [
        (row["question"], cards_of(answers[row["id"]])[:3])
        for row in SETS[name]["inside"]
        if not set(row["cards"]) & set(cards_of(answers[row["id"]])[:3])
    ]
    print(*missed, sep="\n")
    assert len(missed) <= 3


@pytest.mark.parametrize(("name", "at_most"), [("questions.yaml", 0), ("questions_2.yaml", 2)])
def test_what_no_card_answers_is_refused(name: str, at_most: int, answers: dict[str, Answer]) -> None:
    """Of the literature: a variant that such a question names is still interpreted."""
    rows = [*SETS[name]["outside"], *SETS[name].get("not_medical", ())]
    answered = [
        (row["question"], cards_of(answers[row["id"]])) for row in rows if cards_of(answers[row["id"]])
    ]
    print(*answered, sep="\n")
    assert len(answered) <= at_most


def test_a_refusal_says_what_was_searched(answers: dict[str, Answer]) -> None:
    for row in SETS["questions.yaml"]["outside"]:
        gaps = answers[row["id"]].not_answered
        assert any("Searched" in gap.reason and gap.outcome is Outcome.NOT_COVERED for gap in gaps), row[
            "question"
        ]


def test_every_sentence_of_every_answer_is_carried(answers: dict[str, Answer]) -> None:
    """Checked again from the answer alone, as it reaches the screen: quotes in their held source, figures, words."""
    ground = held()
    # a drug rule's sentence names the patient's own fact beside the rule ("if she is pregnant (not told)")
    literature = [
        claim
        for answer in answers.values()
        for claim in answer.claims
        if claim.kind != "computed" and claim.tool != "check_drugs"
    ]
    assert len(literature) > 60
    for claim in literature:
        assert all(ground.standing(evidence) == "here" for evidence in claim.evidence), claim.text
        quotes = [evidence.quote for evidence in claim.evidence]
        assert unsupported(claim.text, quotes) is None, claim.text
        # a guideline's row is worded for the reader ("not called" for its "No Result"); a paper's finding is not
        least = 0.8 if claim.kind == "guideline" else 1.0
        assert share(claim.text, " ".join(quotes)) >= least, claim.text
    assert not any(answer.not_shown for answer in answers.values())
