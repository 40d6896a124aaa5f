"""``selftaught models``: the kinds of models, a check of one, and one as a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from selftaught.cli.answer import Answer
from selftaught.cli.model_options import ModelAccess, model_options

if TYPE_CHECKING:
    from selftaught.models.options import ModelOptions


def models(
    *,
    check: Annotated[
        str | None,
        Option(
            metavar="MODEL",
            help="Send one tiny request to MODEL and report what the answer reveals.",
        ),
    ] = None,
    serve: Annotated[
        str | None,
        Option(metavar="MODEL", help="Serve MODEL on loopback in OpenAI's protocol, until Ctrl-C."),
    ] = None,
    port: Annotated[
        int, Option(metavar="N", min=0, max=65535, help="Port to serve on; 0 picks a free one.")
    ] = 8000,
    access: ModelAccess,
) -> Answer:
    """List the kinds of models and how to name them; check or serve one.

    Example: selftaught models --serve offline --port 8000
    """
    from selftaught.cli.text.models import check_words, models_words, serving
    from selftaught.errors import UsageError

    if check is not None and serve is not None:
        raise UsageError("either --check or --serve", "both", "run them one after the other")
    if check is not None:
        report = _checked(check, model_options(access))
        return Answer(report, lambda: check_words(report))
    if serve is not None:
        _served(serve, port, model_options(access), serving)
        return Answer({"served": serve}, lambda: [f"stopped serving {serve}"])
    from dataclasses import asdict

    from selftaught.models.registry import known

    found = [asdict(each) for each in known()]
    return Answer({"models": found}, lambda: models_words(found))


def _checked(name: str, options: ModelOptions) -> dict[str, Any]:
    """Return what one tiny request tells about a model."""
    import asyncio
    from dataclasses import asdict

    from selftaught.models.check import check
    from selftaught.models.registry import open_model

    async def ask() -> dict[str, Any]:
        model = open_model(name, options=options)
        try:
            return asdict(await check(model, options))
        finally:
            await model.close()

    return asyncio.run(ask())


def _served(name: str, port: int, options: ModelOptions, on_ready: Callable[[str], None]) -> None:
    """Serve a model in OpenAI's protocol on loopback until Ctrl-C."""
    import asyncio

    from selftaught.models.openai_server import serve
    from selftaught.models.registry import open_model

    async def offer() -> None:
        model = open_model(name, options=options)
        try:
            await serve(model, port, on_ready)
        finally:
            await model.close()

    asyncio.run(offer())
