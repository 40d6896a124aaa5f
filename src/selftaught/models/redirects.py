"""Requests that follow a server that moved, without handing the key to another one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession
    from yarl import URL

MOST_REDIRECTS = 5

_AS_IT_WAS = (307, 308)
"""Redirects that ask for the same request again, wherever they lead."""
_ALMOST = (301, 302)
"""Redirects that a browser would follow with a request of another kind."""


@asynccontextmanager
async def posted(session: ClientSession, place: str, body: bytes) -> AsyncIterator[ClientResponse]:
    """Post a body and hold the response, that of the last server where one redirects.

    On its own host (a slash at the end, http to https) every redirect that keeps the request
    whole is followed. Another server gets the request, and neither the key nor any header of
    the user's, where the first says in so many words that it is to be repeated there. Else
    the redirect itself is the response.
    """
    from yarl import URL  # noqa: PLC0415 - comes with aiohttp, which is imported on demand

    at = URL(place, encoded=True)
    for _ in range(MOST_REDIRECTS):
        async with session.post(at, data=body, allow_redirects=False) as response:
            target = _target(at, response)
            if target is None:
                yield response
                return
        if not _trusted(at, target):
            async with (
                _bare(session, target) as plain,
                plain.post(target, data=body, allow_redirects=False) as response,
            ):
                yield response
            return
        at = target
    async with session.post(at, data=body, allow_redirects=False) as response:
        yield response


def _target(at: URL, response: ClientResponse) -> URL | None:
    """Return where the request is to be repeated; None where it is not."""
    where = response.headers.get("Location")
    if not where or response.status not in (*_AS_IT_WAS, *_ALMOST):
        return None
    try:
        target = at.join(type(at)(where))
    except ValueError:
        return None
    if target.scheme not in ("http", "https") or (at.scheme, target.scheme) == ("https", "http"):
        return None
    return target if response.status in _AS_IT_WAS or _trusted(at, target) else None


def _trusted(at: URL, target: URL) -> bool:
    """Return whether a target is the server that was asked: its origin, or its TLS side."""
    upgraded = at.host == target.host and (at.scheme, target.scheme) == ("http", "https")
    return upgraded or at.origin() == target.origin()


def _bare(session: ClientSession, target: URL) -> ClientSession:
    """Return a session of the same connections that sends no header of the user's."""
    from aiohttp import ClientSession, DummyCookieJar  # noqa: PLC0415

    from selftaught.models.session import proxy_of  # noqa: PLC0415

    return ClientSession(
        connector=session.connector,
        connector_owner=False,
        headers={"Content-Type": "application/json", "Accept": "application/json"},
        cookie_jar=DummyCookieJar(),
        timeout=session.timeout,
        proxy=proxy_of(str(target)),
    )
