"""What a chat model reads in a message can only add signs that the rules know, with words that the message holds."""

from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from assistant.models.connected import NoReply
from assistant.models.sign_reader import MOST, read_signs
from tools.triage.engine import assess
from tools.triage.levels import Level
from tools.triage.rules import danger_signs

TEXT = "the troll PARKED HIS CART upon me since breakfast"


class Scripted(BaseChatModel):
    """Gives one reply, or raises."""

    reply: Any

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Any, **_: Any) -> "Scripted":
        return self

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        if isinstance(self.reply, Exception):
            raise self.reply
        return ChatResult(generations=[ChatGeneration(message=self.reply)])


def _says(*signs: tuple[str, str], name: str = "Signs") -> Scripted:
    told = [{"sign": sign, "words": words} for sign, words in signs]
    return Scripted(reply=AIMessage("", tool_calls=[{"name": name, "args": {"signs": told}, "id": "1"}]))


def test_a_sign_that_was_read_raises_the_level() -> None:
    assert assess(TEXT).level is None
    heard = read_signs(_says(("chest_pressure", "parked his cart upon me")), TEXT)
    assert [(one.id, one.words) for one in heard.concepts] == [("chest_pressure", "PARKED HIS CART upon me")]
    assert assess(TEXT, answers=[heard]).level is Level.EMERGENCY


@pytest.mark.parametrize(
    "sign",
    [("chest_pressure", "crushing pain"), ("no_such_sign", "cart"), ("cue.absent", "cart")],
)
def test_words_that_were_not_said_and_unknown_signs_are_dropped(sign: tuple[str, str]) -> None:
    assert not read_signs(_says(sign), TEXT).concepts


def test_it_takes_no_sign_away() -> None:
    text = "crushing chest pain down my left arm, I am 60"
    for model in (_says(), _says(("chest_pain", "crushing chest pain"))):
        assert assess(text, answers=[read_signs(model, text)]).level is Level.EMERGENCY


@pytest.mark.parametrize(
    "reply",
    [
        NoReply("no server"),
        ValueError("nonsense"),
        AIMessage("I think all is well."),
        AIMessage("", tool_calls=[{"name": "Signs", "args": {"signs": "all"}, "id": "1"}]),
        AIMessage("", tool_calls=[{"name": "Other", "args": {}, "id": "1"}]),
    ],
)
def test_a_reply_that_is_no_list_of_signs_is_no_fact(reply: Any) -> None:
    assert not read_signs(Scripted(reply=reply), TEXT).concepts


def test_no_more_than_a_message_can_hold() -> None:
    many = [(sign, "cart") for sign in sorted(danger_signs())[: MOST + 5]]
    assert len(read_signs(_says(*many), TEXT).concepts) == MOST
