"""The connections to a server that speaks OpenAI's protocol, as the openai SDK would make them."""

from __future__ import annotations

import asyncio
import gc
import ssl
from functools import cache
from urllib.parse import urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

import httpx2
from aiohttp import ClientRequest, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from aiohttp.connector import Connection
from aiohttp.tracing import Trace
from openai import AsyncOpenAI, DefaultAsyncHttpxClient

from selftaught.models.locality import is_here

KEEP_ALIVE_SECONDS = 60.0

OPENING = 32
"""Connections that are opened at the same time."""

YOUNG_OBJECTS = 20_000
"""New objects before a search for garbage, 700 to 2,000 by default."""

_COMPLETIONS = "/chat/completions"

_TELEMETRY = "X-Stainless-"
"""What the SDK tells of the user's machine; no server needs it."""


def open_session(secret: str, url: str) -> tuple[ClientSession, str]:
    """Return a session that sends the SDK's headers, and where chat completions are asked for.

    The headers are the key's, the organisation's and project's, and those that
    ``OPENAI_CUSTOM_HEADERS`` adds; a proxy that the environment names is used. No timeout and
    no bound of connections: whoever asks keeps both. To be called within an event loop.

    Args:
        secret: the key.
        url: the server's address; empty: OpenAI's own.
    """
    _settle()
    context = httpx2.create_ssl_context()
    client = AsyncOpenAI(
        api_key=secret,
        base_url=url or None,
        http_client=DefaultAsyncHttpxClient(verify=context),  # sends nothing, so needs no end
    )
    headers = {**client.auth_headers, **client.default_headers}
    told = {name: value for name, value in headers.items() if isinstance(value, str)}
    place = chat_address(url or str(client.base_url))
    session = ClientSession(
        connector=_Connector(context),
        headers={name: value for name, value in told.items() if not name.startswith(_TELEMETRY)},
        cookie_jar=DummyCookieJar(),
        timeout=ClientTimeout(total=None, sock_connect=None),
        proxy=proxy_of(place),
    )
    return session, place


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


@cache
def _settle() -> None:
    """Have Python search less for garbage: sends wait meanwhile.

    With the SDK's types each full search takes a tenth of a second, so what is loaded so far
    is left out; and a burst of prompts makes some ten thousand objects that all stay until
    their answers come, in which the usual search after every 700 finds nothing.
    """
    gc.freeze()
    young, *older = gc.get_threshold()
    if young:  # 0: the user has turned it off
        gc.set_threshold(max(young, YOUNG_OBJECTS), *older)


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
