"""Commands: functions that return an `Answer`, made into commands of the application."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import wraps
from typing import Annotated, Any

from typer import Option

from selftaught.cli.answer import Answer
from selftaught.cli.configuration import configured
from selftaught.cli.model_options import ModelChoice
from selftaught.cli.options import ImproverChoice, Limits, RoundChoice, ScaleChoice, Seed, Work
from selftaught.cli.parameters import leaves, spread, value_type

CONFIGURABLE = (ModelChoice, ImproverChoice, ScaleChoice, RoundChoice, Limits, Seed, Work)
"""Every option in these can be set by the environment and by ``selftaught.toml``."""

GIVEN: ContextVar[tuple[str, ...]] = ContextVar("GIVEN", default=())
"""The command line under way, without the program's name."""

Json = Annotated[bool, Option("--json", help="Print one JSON object to standard output.")]


def option_types() -> dict[str, Any]:
    """Return the type of every option that can be configured, by name."""
    return {field.name: value_type(hint) for group in CONFIGURABLE for field, hint in leaves(group)}


def command(function: Callable[..., Answer]) -> Callable[..., tuple[Answer, bool]]:
    """Return the function with shared options spread and ``--json`` added.

    What it returns then is the answer, and whether it is to be printed as JSON; a function
    that does less for one of the two has a parameter ``as_json``.
    """
    inner = spread(function, _resolve)
    parameters = dict(inspect.signature(inner).parameters)
    is_told = parameters.pop("as_json", None) is not None

    @wraps(inner)
    def called(*, json: bool, **given: Any) -> tuple[Answer, bool]:
        if is_told:
            given["as_json"] = json
        return inner(**given), json

    json = inspect.Parameter("json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Json)
    called.__signature__ = inspect.signature(inner).replace(  # type: ignore[attr-defined]
        parameters=[*parameters.values(), json]
    )
    hints = {name: hint for name, hint in inner.__annotations__.items() if name != "as_json"}
    called.__annotations__ = {**hints, "json": Json}
    return called


def _resolve(flags: Mapping[str, Any]) -> Mapping[str, Any]:
    return configured(flags, option_types())
