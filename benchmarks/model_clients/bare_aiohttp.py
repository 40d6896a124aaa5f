"""The least that a client in Python can do: no retries, no deadlines, no prices."""

from __future__ import annotations

import aiohttp
from drive import MESSAGES, TEMPERATURE, run


def opened(url, in_flight):
    session = None

    async def ask(number):
        nonlocal session
        if session is None:
            session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        sent = {"model": "m", "messages": MESSAGES, "temperature": TEMPERATURE, "seed": number}
        async with session.post(f"{url}/chat/completions", json=sent) as response:
            return (await response.json())["choices"][0]["message"]["content"]

    async def close():
        await session.close()

    return ask, close, False


run(opened)
