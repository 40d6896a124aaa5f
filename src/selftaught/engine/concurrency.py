"""Running coroutines together: all of them, or the first failure and none."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")


async def all_or_first_failure(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Return the results in order; on the first failure end the others and raise it.

    Others are waited for before this returns, so that nothing goes on behind its back.
    """
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        return list(await asyncio.gather(*tasks))
    except BaseException:
        await ended(tasks)
        raise


async def ended(work: Iterable[asyncio.Future[Any]]) -> None:
    """Cancel what is under way and wait for its end, whatever it is."""
    futures = list(work)
    for future in futures:
        future.cancel()
    await asyncio.gather(*futures, return_exceptions=True)
