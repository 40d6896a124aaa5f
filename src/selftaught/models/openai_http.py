"""HTTP to a server that speaks OpenAI's protocol: connections, headers, redirects."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

import httpx2
from aiohttp import (
    ClientRequest,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
)
from aiohttp.connector import Connection
from aiohttp.tracing import Trace
from multidict import CIMultiDict
from yarl import URL

from selftaught.models.locality import is_here

MOST_REDIRECTS = 5

_AS_IT_WAS = (307, 308)
"""Redirects that ask for the same request again, wherever they lead."""
_ALMOST = (301, 302)
"""Redirects that a browser would follow with a request of another kind."""

KEEP_ALIVE_SECONDS = 60.0

OPENING = 32
"""Connections that are opened at the same time."""

OPENAI_URL = "https://api.openai.com/v1"
_COMPLETIONS = "/chat/completions"

_NAMED = {"OpenAI-Organization": "OPENAI_ORG_ID", "OpenAI-Project": "OPENAI_PROJECT_ID"}
"""Headers that OpenAI's own clients take from the environment, by their variables."""


def open_session(secret: str, url: str) -> tuple[ClientSession, str]:
    """Return a session that sends the headers of `headers_of`, and where completions are asked for.

    A proxy that the environment names is used. No timeout and no bound of connections: whoever
    asks keeps both. To be called within an event loop.

    Args:
        secret: the key.
        url: the server's address; empty: OpenAI's own.
    """
    place = chat_address(url or OPENAI_URL)
    session = ClientSession(
        connector=_Connector(httpx2.create_ssl_context()),
        headers=headers_of(secret),
        cookie_jar=DummyCookieJar(),
        timeout=ClientTimeout(total=None, sock_connect=None),
        proxy=proxy_of(place),
    )
    return session, place


def headers_of(secret: str) -> CIMultiDict[str]:
    """Return the headers of every request, as OpenAI's own clients send them.

    The key's, the organisation's and the project's where the environment names them, and those
    of ``OPENAI_CUSTOM_HEADERS``, a line ``Name: value`` each, which replace any other.
    """
    headers = CIMultiDict(
        {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": "selftaught",
            "Authorization": f"Bearer {secret}",
        }
    )
    for name, variable in _NAMED.items():
        if value := os.environ.get(variable):
            headers[name] = value
    for line in os.environ.get("OPENAI_CUSTOM_HEADERS", "").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip()] = value.strip()
    return headers


def chat_address(url: str) -> str:
    """Return where chat completions are asked for, below a server's address.

    What follows a ``?`` stays at the end; an address that names chat completions is one.
    """
    parts = urlsplit(url)
    path = parts.path.rstrip("/").removesuffix(_COMPLETIONS) + _COMPLETIONS
    return urlunsplit(parts._replace(path=path, fragment=""))


class _Connector(TCPConnector):
    """Opens a burst's connections some at a time.

    All at once, each takes its next step only after everyone's last one, so that the first
    request of 200 leaves with the last; and many servers queue fewer than 200.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(limit=0, keepalive_timeout=KEEP_ALIVE_SECONDS, ssl=context)
        self._openings = asyncio.Semaphore(OPENING)

    async def connect(
        self, req: ClientRequest, traces: list[Trace], timeout: ClientTimeout
    ) -> Connection:
        """Return a connection, one that is kept alive where there is one."""
        async with self._openings:
            return await super().connect(req, traces, timeout)


def proxy_of(place: str) -> str | None:
    """Return the proxy that the environment names for an address; None where there is none.

    This machine's own servers are asked directly: through a proxy the prompts would leave it,
    and few proxies know the way back.
    """
    parts = urlsplit(place)
    if is_here(place) or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    named = getproxies()
    return named.get(parts.scheme) or named.get("all")


@asynccontextmanager
async def posted(session: ClientSession, place: str, body: bytes) -> AsyncIterator[ClientResponse]:
    """Post a body and hold the response, that of the last server where one redirects.

    On its own host (a slash at the end, http to https) every redirect that keeps the request
    whole is followed. Another server gets the request, and neither the key nor any header of
    the user's, where the first says in so many words that it is to be repeated there. Else
    the redirect itself is the response.
    """
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
        target = at.join(URL(where))
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
    return ClientSession(
        connector=session.connector,
        connector_owner=False,
        headers={"Content-Type": "application/json", "Accept": "application/json"},
        cookie_jar=DummyCookieJar(),
        timeout=session.timeout,
        proxy=proxy_of(str(target)),
    )
