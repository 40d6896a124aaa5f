"""Options that say which model answers, and how it is reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

if TYPE_CHECKING:
    from selftaught.models.options import ModelOptions

MODEL = "Model"


@dataclass(frozen=True)
class ModelAccess:
    """How a model is reached."""

    base_url: Annotated[
        str | None,
        Option(
            metavar="URL",
            help="The server to ask; it speaks the model's protocol.",
            rich_help_panel=MODEL,
        ),
    ] = None
    env_file: Annotated[
        Path | None,
        Option(
            metavar="FILE", help="A .env file that holds the model's key.", rich_help_panel=MODEL
        ),
    ] = None
    record: Annotated[
        Path | None,
        Option(
            metavar="FILE",
            help="Write every request and answer to FILE, for use with replay:FILE.",
            rich_help_panel=MODEL,
        ),
    ] = None
    price_in: Annotated[
        float | None,
        Option(
            metavar="USD",
            help="Dollars per million prompt tokens; needs --price-out.",
            rich_help_panel=MODEL,
        ),
    ] = None
    price_out: Annotated[
        float | None,
        Option(
            metavar="USD",
            help="Dollars per million answer tokens; needs --price-in.",
            rich_help_panel=MODEL,
        ),
    ] = None
    in_flight: Annotated[
        int | None,
        Option(
            metavar="N",
            help="Maximum number of concurrent requests.",
            show_default="32; 4 for command:",
            rich_help_panel=MODEL,
        ),
    ] = None
    request_timeout_seconds: Annotated[
        float,
        Option(metavar="S", help="Timeout of one request.", rich_help_panel=MODEL),
    ] = 300.0
    total_timeout_seconds: Annotated[
        float | None,
        Option(
            metavar="S",
            help="Timeout of one prompt, including all retries and waits.",
            show_default="1800; a week for mailbox:",
            rich_help_panel=MODEL,
        ),
    ] = None
    max_retries: Annotated[
        int,
        Option(
            metavar="N",
            help="Retries of a failed request; being told to wait does not count as a failure.",
            rich_help_panel=MODEL,
        ),
    ] = 6
    max_answer_mb: Annotated[
        float,
        Option(metavar="MB", help="Maximum size of one answer.", rich_help_panel=MODEL),
    ] = 16.0
    max_output_tokens: Annotated[
        int | None,
        Option(
            metavar="N",
            help="Maximum number of tokens in one answer, including thinking.",
            show_default="what the server allows; 16384 for anthropic/",
            rich_help_panel=MODEL,
        ),
    ] = None
    system_role: Annotated[
        str,
        Option(
            metavar="system|developer|user",
            help="Role of the message that states the expertise; user puts it into the prompt. "
            "If a server refuses a role, another is tried automatically.",
            rich_help_panel=MODEL,
        ),
    ] = "system"
    stream: Annotated[
        bool,
        Option(
            "--stream/--no-stream",
            help="Request answers as streams. Servers that require streaming get it automatically.",
            rich_help_panel=MODEL,
        ),
    ] = False


@dataclass(frozen=True)
class ModelChoice:
    """Which model, and how it is reached."""

    model: Annotated[
        str,
        Option(
            metavar="NAME",
            help="offline, openai/NAME, anthropic/NAME, google/NAME, ollama/NAME, command:CMD, "
            "replay:FILE or mailbox:DIR; see `selftaught models`.",
            rich_help_panel=MODEL,
        ),
    ] = "offline"
    access: ModelAccess = field(default_factory=ModelAccess)


@dataclass(frozen=True)
class RunsModel:
    """Which model, where a run that the command is about may say it."""

    model: Annotated[
        str | None,
        Option(
            metavar="NAME",
            help="The model, named as for `selftaught run`.",
            show_default="the run's model, else offline",
            rich_help_panel=MODEL,
        ),
    ] = None
    access: ModelAccess = field(default_factory=ModelAccess)


def model_options(access: ModelAccess) -> ModelOptions:
    """Return how a model is reached.

    Raises:
        UsageError: one price is given without the other, or a number is out of range.
    """
    from selftaught.errors import UsageError
    from selftaught.models.options import ModelOptions

    if (access.price_in is None) != (access.price_out is None):
        raise UsageError("both --price-in and --price-out", "only one of them")
    prices = None
    if access.price_in is not None and access.price_out is not None:
        prices = (access.price_in, access.price_out)
    return ModelOptions(
        base_url=access.base_url,
        env_file=access.env_file,
        record=access.record,
        in_flight=access.in_flight,
        request_timeout_seconds=access.request_timeout_seconds,
        total_timeout_seconds=access.total_timeout_seconds,
        max_retries=access.max_retries,
        max_answer_mb=access.max_answer_mb,
        max_output_tokens=access.max_output_tokens,
        system_role=access.system_role,
        stream=access.stream,
        price_usd_per_million=prices,
    )
