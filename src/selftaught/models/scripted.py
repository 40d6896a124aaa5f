"""A model that answers from a list or a function: deterministic, for tests and examples."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence

from selftaught.errors import ModelError
from selftaught.models.tokens import estimate_tokens, prompt_tokens
from selftaught.ports import ModelRequest, ModelResponse

Answer = Callable[[ModelRequest, int], str]


class ScriptedModel:
    """Answers each sample with the next text of a list, or with what a function returns."""

    def __init__(self, answers: Sequence[str] | Answer, *, name: str = "scripted") -> None:
        """Keep the script.

        Args:
            answers: texts, given in order of asking, one a sample; or a function of the
                request and the sample's number.
            name: the name that it goes by.
        """
        self._answers = answers
        self._name = name
        self._given = 0
        self.requests: list[ModelRequest] = []
        """Every request so far, in order of asking."""

    @property
    def name(self) -> str:
        """The name that it goes by."""
        return self._name

    async def respond(self, request: ModelRequest) -> AsyncIterator[ModelResponse]:
        """Yield the scripted answers, in order of the samples.

        Raises:
            ModelError: the list has no answer left.
        """
        self.requests.append(request)
        for sample in request.samples:
            text = self._answer(request, sample)
            yield ModelResponse(
                sample=sample,
                text=text,
                tokens_in=prompt_tokens(request.messages),
                tokens_out=estimate_tokens(text),
                cost_usd=0.0,
                estimated=True,
                model=self._name,
            )

    async def close(self) -> None:
        """Do nothing: there is no connection."""

    def _answer(self, request: ModelRequest, sample: int) -> str:
        if callable(self._answers):
            return self._answers(request, sample)
        if self._given >= len(self._answers):
            raise ModelError(
                f"an answer number {self._given + 1} in the script",
                f"{len(self._answers)} answers",
                "use a longer list, or a function",
            )
        self._given += 1
        return self._answers[self._given - 1]
