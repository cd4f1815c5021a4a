"""Our assistant as a model of inspect: any third-party task takes ``--model consilium/rules``."""

from __future__ import annotations

from typing import Any

from inspect_ai.model import (
    ChatMessage,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    modelapi,
)
from inspect_ai.tool import ToolChoice, ToolInfo

from evals.cases.case import Presented, Said
from evals.inspect.solvers import alone
from evals.run.subjects import subject


@modelapi(name="consilium")
class consilium(ModelAPI):
    """The clinician's assistant behind inspect's model interface.

    Every ``generate`` is a session of its own in which the user's messages are asked in order. The assistant calls its
    own tools; those that a task offers, and its system prompts, are not used.
    """

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008  inspect's own signature
        **model_args: Any,
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        self._subject = subject(f"assistant/{model_name.removeprefix('consilium/')}")
        self._count = 0

    async def generate(
        self,
        input: list[ChatMessage],
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        """The answer's text as the page shows it.

        Raises:
            ValueError: the input holds no message of a user.
        """
        asked = [one.text for one in input if one.role == "user" and one.text.strip()]
        if not asked:
            raise ValueError("the assistant answers a user's message, and there is none")
        self._count += 1
        turns = tuple(Said(text=text) for text in asked)
        talk = await self._subject.open(Presented(id=f"inspect{self._count}", role="clinician", turns=turns))
        try:
            async with alone():
                shown = [await talk.say(turn) for turn in turns]
        finally:
            await talk.close()
        output = ModelOutput.from_content(model=self.model_name, content=shown[-1].text)
        # without a usage inspect counts tokens with a tokenizer that it would have to download
        spent = sum(one.tokens for one in shown)
        output.usage = ModelUsage(output_tokens=spent, total_tokens=spent)
        return output

    def max_connections(self) -> int:
        """One at a time: the assistant by rules is bound by this machine's cores."""
        return 1
