"""The connections to a server that speaks OpenAI's protocol, and the headers that it wants."""

from __future__ import annotations

import asyncio
import os
import ssl
from urllib.parse import urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

import httpx2
from aiohttp import ClientRequest, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from aiohttp.connector import Connection
from aiohttp.tracing import Trace
from multidict import CIMultiDict

from selftaught.models.locality import is_here

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
