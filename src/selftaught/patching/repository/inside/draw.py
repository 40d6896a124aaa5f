"""Draws inputs from the target's annotations by Hypothesis, where that is installed.

Job: ``{root, path, name, seed, most}``. Answer: ``{inputs, dropped, reason}``: inputs as forms,
how many drawn ones have no form, and why there are none, empty where there are some.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from typing import Any

from .answer import Answer, read_job
from .forms import Form, NoFormError, restorable_input, text_of, to_form
from .target import load


class NotDrawableError(Exception):
    """The annotations do not say what to draw."""


def strategies_of(target: Callable[..., Any], strategies: Any) -> tuple[list[Any], dict[str, Any]]:
    """Return a strategy for each argument that has an annotation or must be given.

    Raises:
        NotDrawableError: an argument must be given and has no annotation.
    """
    try:
        hints = typing.get_type_hints(target)
    except Exception as error:  # annotations are the program's own text
        raise NotDrawableError(f"its annotations can't be read: {type(error).__name__}") from error
    placed: list[Any] = []
    named: dict[str, Any] = {}
    for name, parameter in inspect.signature(target).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if name not in hints:
            if parameter.default is parameter.empty:
                raise NotDrawableError(f"its argument {name} has no annotation")
            continue
        drawn = strategies.from_type(hints[name])
        if parameter.kind is parameter.KEYWORD_ONLY or len(placed) < len(named):
            named[name] = drawn
        else:
            placed.append(drawn)
    return placed, named


def drawn_inputs(target: Callable[..., Any], seed: int, most: int) -> tuple[list[Form], int]:
    """Return distinct inputs and how many more had no form.

    Raises:
        NotDrawableError: the annotations do not say what to draw.
    """
    import hypothesis
    from hypothesis import strategies

    placed, named = strategies_of(target, strategies)
    found: dict[str, Form] = {}
    dropped = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=3 * most,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(strategies.tuples(*placed), strategies.fixed_dictionaries(named))
    def note(arguments: Any, others: Any) -> None:
        try:
            form = [
                [to_form(each) for each in arguments],
                {k: to_form(v) for k, v in others.items()},
            ]
        except NoFormError:
            dropped.append(1)
            return
        if len(found) < most and restorable_input(form):
            found.setdefault(text_of(form), form)

    note()
    return list(found.values()), len(dropped)


def main() -> None:
    """Do the job."""
    job, answer = read_job(), Answer()
    target = load(job["root"], job["path"], job["name"])
    try:
        inputs, dropped = drawn_inputs(target, job["seed"], job["most"])
        reason = "" if inputs else "nothing that could be drawn is plain data"
    except ImportError:
        inputs, dropped, reason = [], 0, "Hypothesis is not installed in this environment"
    except NotDrawableError as error:
        inputs, dropped, reason = [], 0, str(error)
    except Exception as error:  # strategies for the program's own types may fail in any way
        inputs, dropped, reason = [], 0, f"drawing failed: {type(error).__name__}"
    answer.write({"inputs": inputs, "dropped": dropped, "reason": reason})


if __name__ == "__main__":
    main()
