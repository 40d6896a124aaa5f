"""Modelling: a model checked with a tiny request, or offered to other programs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from selftaught.models.check import check
from selftaught.models.options import ModelOptions
from selftaught.models.registry import open_model


def checked(name: str, options: ModelOptions) -> dict[str, Any]:
    """Return what one tiny request tells about a model.

    Raises:
        UnknownNameError: there is no such kind of model.
        ModelError: it does not answer, or refuses to.
    """

    async def ask() -> dict[str, Any]:
        model = open_model(name, options=options)
        try:
            return asdict(await check(model, options))
        finally:
            await model.close()

    return asyncio.run(ask())


def served(name: str, port: int, options: ModelOptions, on_ready: Callable[[str], None]) -> None:
    """Serve a model in OpenAI's protocol on loopback until Ctrl-C.

    Raises:
        UnknownNameError: there is no such kind of model.
        UsageError: the port can't be had.
    """
    from selftaught.models.openai_server import serve  # noqa: PLC0415 - a web server, slow to import

    async def offer() -> None:
        model = open_model(name, options=options)
        try:
            await serve(model, port, on_ready)
        finally:
            await model.close()

    asyncio.run(offer())
