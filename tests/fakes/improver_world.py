"""A host for improvers in this process: the real stubs, a fake utility and a fake model."""

from __future__ import annotations

import importlib
import random
import re
import sys
import threading
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from selftaught.improver import contract
from selftaught.improver.helpers import first_block
from selftaught.sandbox.inside.program import SourceFinder

Score = Callable[[str], float]
Answer = Callable[[str, int], str]
"""(message, number of the answer, counted over the whole run from 0) -> text."""

SEED = "def solve():\n    return 0"
UTILITY_TEXT = "def score(inputs, key, output):\n    return output"


def value(source: str) -> float:
    """Return the sum of the numbers that a program returns; -1 for what is no program."""
    found = re.findall(r"return (-?\d+(?:\.\d+)?)", source)
    return sum(map(float, found)) if found else -1.0


def rising(message: str, number: int) -> str:
    """Answer with the prompt's program, its returned number changed to a new one."""
    program = first_block(message) or SEED
    changed = re.sub(r"return -?\d+", f"return {number * 7 % 31}", program, count=1)
    return f"An idea.\n\n```python\n{changed}\n# {number}\n```\nDone."


@dataclass
class World:
    """Answers an improver's requests by the rules of the contract, and keeps the books.

    Attributes:
        score: of a program.
        answer: of the model.
        calls: the model's budget.
        responses: most of one call.
        utility_calls: the utility's budget.
        low: what is no program scores.
        scores: every score that was charged, by solution, in order.
        prompts: of each call, the messages, one for each response.
        temperatures: of each call.
        refused: calls past a budget.
        invalid: calls that asked for too much at once.
        attempts: what was reported.
    """

    score: Score = value
    answer: Answer = rising
    calls: int = 4
    responses: int = 6
    utility_calls: int = 25
    low: float = -1.0
    scores: dict[Any, float] = field(default_factory=dict)
    prompts: list[list[str]] = field(default_factory=list)
    temperatures: list[float] = field(default_factory=list)
    refused: int = 0
    invalid: int = 0
    attempts: list[tuple[str, str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, source: str, initial: str = SEED, seed: int = 0) -> Any:
        """Return what the improver returns; raises what it raises."""
        random.seed(seed)
        np.random.seed(seed)
        prelude: dict[str, Any] = {"__name__": "prelude"}
        exec(compile(contract.prelude(), "<prelude>", "exec", dont_inherit=True), prelude)
        with _as_modules({**contract.helpers_sources(), "program": source}) as modules:
            improve = getattr(modules["program"], contract.ENTRY_POINT)
            call = prelude["wrap"](improve, self.request)
            return call(
                initial,
                {"str": UTILITY_TEXT, "budget": self.utility_calls, "low": self.low},
                {"max_responses_per_call": self.responses, "budget": self.calls},
            )

    @property
    def answered(self) -> int:
        """How many responses the model gave."""
        return sum(map(len, self.prompts))

    @property
    def spent_fully(self) -> bool:
        """Whether nothing more could be had: every response was asked for, or every score."""
        return (
            self.answered == self.calls * self.responses or len(self.scores) == self.utility_calls
        )

    def request(self, name: str, *args: Any) -> Any:
        """Answer one request, as the host does."""
        with self.lock:
            return {
                contract.UTILITY: lambda solutions: [self._utility(each) for each in solutions],
                contract.FEEDBACK: self._feedback,
                contract.USES: lambda: len(self.scores),
                contract.PROMPT: self._prompt,
                contract.ATTEMPT: lambda *what: self.attempts.append(what),
            }[name](*args)

    def _utility(self, solution: Any) -> float:
        assert solution is None or isinstance(solution, str)
        if solution not in self.scores:
            if len(self.scores) >= self.utility_calls:
                self.refused += 1
                return min(0.0, self.low)
            self.scores[solution] = self.low if solution is None else float(self.score(solution))
        return self.scores[solution]

    def _feedback(self, solution: Any) -> str:
        return f"status: ok\nscore: {self._utility(solution):.1f}"

    def _prompt(
        self, conversations: list[list[list[str]]], n: int, temperature: float
    ) -> list[list[str]]:
        if n < 1 or len(conversations) * n > self.responses:
            self.invalid += 1
            raise ValueError("more responses than one call may ask for")
        if len(self.prompts) >= self.calls:
            self.refused += 1
            raise RuntimeError("the budget of model calls is spent")
        number = self.answered
        messages = [each[1][1] for each in conversations for _ in range(n)]
        self.prompts.append(messages)
        self.temperatures.append(temperature)
        texts = [self.answer(message, number + at) for at, message in enumerate(messages)]
        return [texts[at : at + n] for at in range(0, len(texts), n)]


@contextmanager
def _as_modules(sources: Mapping[str, str]) -> Iterator[dict[str, types.ModuleType]]:
    """Run sources as modules of these names, which can be imported inside the block."""
    before = {name: sys.modules.pop(name) for name in sources if name in sys.modules}
    finder = SourceFinder(sources)
    sys.meta_path.insert(0, finder)
    try:
        yield {name: importlib.import_module(name) for name in sources}
    finally:
        sys.meta_path.remove(finder)
        for name in sources:
            sys.modules.pop(name, None)
        sys.modules.update(before)
