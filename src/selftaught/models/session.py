"""The connections to a server that speaks OpenAI's protocol, as the openai SDK would make them."""

from __future__ import annotations

from urllib.request import getproxies, proxy_bypass

import httpx2
from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from openai import AsyncOpenAI, DefaultAsyncHttpxClient
from yarl import URL

KEEP_ALIVE_SECONDS = 60.0

_TELEMETRY = "X-Stainless-"
"""What the SDK tells of the user's machine; no server needs it."""


def open_session(secret: str, url: str) -> tuple[ClientSession, URL]:
    """Return a session that sends the SDK's headers, and where chat completions are asked for.

    The headers are the key's, the organisation's and project's, and those that
    ``OPENAI_CUSTOM_HEADERS`` adds; a proxy that the environment names is used. No timeout and
    no bound of connections: whoever asks keeps both. To be called within an event loop.

    Args:
        secret: the key.
        url: the server's address; empty: OpenAI's own.
    """
    context = httpx2.create_ssl_context()
    client = AsyncOpenAI(
        api_key=secret,
        base_url=url or None,
        http_client=DefaultAsyncHttpxClient(verify=context),  # sends nothing, so needs no end
    )
    headers = {**client.auth_headers, **client.default_headers}
    told = {name: value for name, value in headers.items() if isinstance(value, str)}
    place = URL(str(client.base_url)) / "chat/completions"
    session = ClientSession(
        connector=TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_SECONDS, ssl=context),
        headers={name: value for name, value in told.items() if not name.startswith(_TELEMETRY)},
        cookie_jar=DummyCookieJar(),
        timeout=ClientTimeout(total=None, sock_connect=None),
        proxy=_proxy(place),
    )
    return session, place


def _proxy(place: URL) -> str | None:
    """Return the proxy that the environment names for an address, None where it names none."""
    if proxy_bypass(place.host or ""):
        return None
    named = getproxies()
    return named.get(place.scheme) or named.get("all")
