"""What an improver holds of ``utility`` and ``language_model``: proxies that only ask.

This file is the prelude of a confined child: it is sent there as text, runs before the
improver, uses the standard library alone and imports nothing of ours. Nothing in it
guards anything. Scores, budgets, seeds and keys are in the host's process, which answers
five requests with plain data::

    utility   [solution, ...]                          -> [score, ...]
    feedback  solution                                 -> text
    uses                                               -> utility calls charged so far
    prompt    [[[role, content], ...], ...], n, temperature
                                                       -> [[text, ...], ...], one row a prompt
    attempt   category, action, target                 -> None; something was tried

The improver's module ``helpers`` is told what the invocation is about and what the model was
asked, so that ``extract_code`` knows a new program from one that was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NoReturn

Request = Callable[..., Any]
Text = str  # the class below has a property of that name


class _Proxy:
    """A read-only stand-in: writing to it changes nothing and is reported."""

    __slots__ = ("_facts", "_request")
    _name = "proxy"
    _request: Request
    _facts: dict[str, Any]

    def __init__(self, request: Request, facts: dict[str, Any]) -> None:
        """Keep the way to the host and the facts that are known beforehand."""
        object.__setattr__(self, "_request", request)
        object.__setattr__(self, "_facts", dict(facts))

    def __setattr__(self, attribute: str, value: object) -> None:
        self._request("attempt", "budget", "write", f"{self._name}.{attribute}")

    def __delattr__(self, attribute: str) -> None:
        self._request("attempt", "budget", "delete", f"{self._name}.{attribute}")

    def __copy__(self) -> _Proxy:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> _Proxy:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{self._name} lives in another process and can't be pickled")


class Utility(_Proxy):
    """Scores solutions; the number of calls is limited by ``budget``."""

    __slots__ = ()
    _name = "utility"

    def __call__(self, solution: Any, use_sandbox: Any = True) -> float:
        """Return the solution's score; past the budget, the least of 0 and the task's low.

        A score that was given before is given again without charge. What is no string
        counts as a program that does not run.

        Args:
            solution: source text of a program.
            use_sandbox: changes nothing, since every program runs confined; a false value
                is reported.
        """
        if not use_sandbox:
            self._request("attempt", "score", "use_sandbox", repr(use_sandbox)[:100])
        return float(self._request("utility", [_source(solution)])[0])

    def batch(self, solutions: Iterable[Any]) -> list[float]:
        """Return the score of each solution, in order; they run side by side."""
        if isinstance(solutions, str):
            raise TypeError("utility.batch takes a list of solutions; found one string")
        sources = [_source(solution) for solution in solutions]
        return [float(score) for score in self._request("utility", sources)] if sources else []

    def feedback(self, solution: Any) -> Text:
        """Return in words how the solution fared; charged like its score."""
        return str(self._request("feedback", _source(solution)))

    @property
    def str(self) -> Text:
        """The text that says how solutions are scored."""
        return Text(self._facts["str"])

    @property
    def budget(self) -> int:
        """How many calls are allowed."""
        return int(self._facts["budget"])

    @property
    def uses(self) -> int:
        """How many calls were charged so far."""
        return int(self._request("uses"))

    def __repr__(self) -> Text:
        return f"<utility: {self.budget} calls>"


class Model(_Proxy):
    """Answers prompts; calls and the responses of each are limited."""

    __slots__ = ()
    _name = "language_model"

    def prompt(
        self, expertise: str, message: str, n_responses: int = 1, temperature: float = 0.7
    ) -> list[str]:
        """Return ``n_responses`` answers to one message.

        Raises:
            ValueError: more responses than ``max_responses_per_call``; nothing is charged.
            RuntimeError: the budget of calls is spent.
            TypeError: expertise or message is no string.
        """
        return list(self._ask(expertise, [message], n_responses, temperature)[0])

    def batch_prompt(
        self, expertise: str, message_batch: Iterable[str], temperature: float = 0.7
    ) -> list[str]:
        """Return one answer to each message, in order; one call of the budget.

        Raises:
            ValueError: more messages than ``max_responses_per_call``; nothing is charged.
            RuntimeError: the budget of calls is spent.
            TypeError: expertise or a message is no string.
        """
        if isinstance(message_batch, str):
            raise TypeError("batch_prompt takes a list of messages; found one string")
        messages = list(message_batch)
        rows = self._ask(expertise, messages, 1, temperature) if messages else []
        return [row[0] for row in rows]

    def _ask(
        self, expertise: str, messages: list[str], n_responses: int, temperature: float
    ) -> list[list[str]]:
        asked = [_messages(expertise, message) for message in messages]
        rows: list[list[str]] = self._request("prompt", asked, n_responses, temperature)
        helpers = _helpers()
        if helpers is not None:
            helpers.memory.note(messages, rows)
        return rows

    @property
    def budget(self) -> int:
        """How many calls are allowed."""
        return int(self._facts["budget"])

    @property
    def max_responses_per_call(self) -> int:
        """How many responses one call may ask for."""
        return int(self._facts["max_responses_per_call"])

    @property
    def name(self) -> str:
        """The model's name, where the host gives it."""
        return str(self._facts.get("name", "language model"))

    def __repr__(self) -> str:
        return f"<language model: {self.budget} calls of {self.max_responses_per_call} responses>"


def _source(solution: Any) -> str | None:
    return solution if isinstance(solution, str) else None


def _helpers() -> Any:
    """Return the improver's module ``helpers``, None where there is none."""
    try:
        import helpers  # type: ignore[import-not-found]  # noqa: PLC0415 - only the sandbox has it
    except ModuleNotFoundError:
        return None
    return helpers


def _messages(expertise: Any, message: Any) -> list[list[str]]:
    for what, text in (("expertise", expertise), ("message", message)):
        if not isinstance(text, str):
            raise TypeError(f"{what} must be a string; found {type(text).__name__}")
    return [["system", expertise], ["user", message]]


def wrap(
    function: Callable[..., Any], request: Request
) -> Callable[[str, dict[str, Any], dict[str, Any]], Any]:
    """Return the callable that the host calls in place of ``improve_algorithm``.

    Args:
        function: the improver's ``improve_algorithm``.
        request: ``request(name, *args)`` asks the host; safe to call from several threads.
    """

    def run(initial_solution: str, utility: dict[str, Any], model: dict[str, Any]) -> Any:
        helpers = _helpers()
        if helpers is not None:
            entry_point, scoring = utility.get("entry_point", ""), utility.get("str", "")
            asked = helpers.Asked(initial_solution, entry_point, scoring=scoring)
            helpers.memory.begin(asked)
        return function(initial_solution, Utility(request, utility), Model(request, model))

    return run
