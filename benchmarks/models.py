"""Throughput of the OpenAI protocol's provider against a local server with 200 ms latency.

2,000 requests, 200 in flight, in turns through our provider, through aiohttp alone (the least
that Python can do), and through the clients of OpenEvolve and litellm, which are installed in
environments of their own (`scripts/environment.py`) and left out where that fails. Every client
is a process of its own, and so is the server, which sends fixed bytes, so that it takes as
little of a core as it can.

    python benchmarks/models.py [--rounds 3] [--write]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CLIENTS = Path(__file__).parent / "model_clients"
REQUESTS, IN_FLIGHT, LATENCY_SECONDS = 2_000, 200, 0.2
IDEAL_SECONDS = REQUESTS / IN_FLIGHT * LATENCY_SECONDS

OURS, BARE = "selftaught", "aiohttp alone"
PEERS = {
    "OpenEvolve 0.4.1": ("with_openevolve.py", "openevolve", "openevolve==0.4.1"),
    "litellm 1.110.2": ("with_litellm.py", "litellm", "litellm==1.110.2"),
}

SERVER = f"""
import asyncio, json
text = {{"role": "assistant", "content": "y = 1\\n" * 50}}
body = json.dumps({{
    "id": "c", "object": "chat.completion", "created": 1, "model": "m",
    "choices": [{{"index": 0, "message": text, "finish_reason": "stop"}}],
    "usage": {{"prompt_tokens": 300, "completion_tokens": 100, "total_tokens": 400}},
}}).encode()
head = "HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n"
answer = (head % len(body)).encode() + body

class Talk(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.read = transport, b""
    def data_received(self, data):
        self.read += data
        end = self.read.find(b"\\r\\n\\r\\n")
        if end < 0:
            return
        length = int(self.read[:end].lower().split(b"content-length:")[1].split(b"\\r\\n")[0])
        if len(self.read) >= end + 4 + length:
            self.read = self.read[end + 4 + length:]
            asyncio.get_running_loop().call_later({LATENCY_SECONDS}, self.transport.write, answer)

async def main():
    server = await asyncio.get_running_loop().create_server(Talk, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.sleep(1200)

asyncio.run(main())
"""


@contextlib.contextmanager
def serving():
    """The address of the server, which runs meanwhile."""
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{int(server.stdout.readline())}/v1"
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def installed():
    """The clients that can be run: {name: (interpreter, file)}."""
    clients = {OURS: (sys.executable, "ours.py"), BARE: (sys.executable, "bare_aiohttp.py")}
    for name, (file, *wanted) in PEERS.items():
        maker = [sys.executable, str(ROOT / "scripts" / "environment.py"), *wanted]
        made = subprocess.run(maker, capture_output=True, text=True, check=False)
        if made.returncode:
            why = (made.stderr.strip().splitlines() or ["no reason given"])[-1]
            print(f"left out: {name}: {why}")
        else:
            clients[name] = (made.stdout.strip(), file)
    return clients


def measured(url, interpreter, file):
    """What one client took for all requests."""
    command = [interpreter, str(CLIENTS / file), url, str(REQUESTS), str(IN_FLIGHT)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    if told.returncode:
        raise SystemExit(f"{file} failed:\n{told.stderr[-4000:]}")
    return json.loads(told.stdout.splitlines()[-1])


def table(rounds):
    """A row a client: medians over the rounds, with the least and the most."""
    clients = installed()
    found = {name: [] for name in clients}
    with serving() as url:
        for number in range(rounds):
            names = list(clients)
            for name in names[number % len(names) :] + names[: number % len(names)]:
                found[name].append(measured(url, *clients[name]))
    ours = statistics.median(each["wall_seconds"] for each in found[OURS])
    lines = [
        "| client | wall, s | / ideal | / ours | CPU per call, ms | MiB halfway, at the end |",
        "|---|---|---|---|---|---|",
    ]
    for name, rows in found.items():
        walls = sorted(each["wall_seconds"] for each in rows)
        cpus = sorted(each["cpu_ms"] for each in rows)
        half, end = (statistics.median(each["resident_mb"][at] for each in rows) for at in (0, 1))
        ratios, beside = [wall / IDEAL_SECONDS for wall in walls], statistics.median(walls) / ours
        lines.append(
            f"| {name} | {spread(walls)} | {spread(ratios)} | {beside:.2f} "
            f"| {spread(cpus)} | {half:.1f}, {end:.1f} |"
        )
    return "\n".join(lines)


def spread(values):
    """The median of sorted values, and the least and the most."""
    return f"{statistics.median(values):.2f} ({values[0]:.2f}–{values[-1]:.2f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    text = table(options.rounds)
    told = (
        f"{REQUESTS:,} requests, {IN_FLIGHT} in flight, {LATENCY_SECONDS * 1000:.0f} ms latency, "
        f"ideal {IDEAL_SECONDS:.1f} s; median (least–most) of {options.rounds} rounds in turns.\n"
        f"Linux {platform.release().split('-')[0]}, {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f} at the end."
    )
    print(text, told, sep="\n\n")
    if options.write:
        page = (
            "# The overhead of asking a model\n\n"
            "Written by `python benchmarks/models.py --write`. Each client runs in its own\n"
            "process and requests the same answers from the same server in another process. Times\n"
            "include opening the connections but not imports. `selftaught` also handles retries,\n"
            "deadlines, seeds, tokens and dollars; `aiohttp alone` handles none of these.\n\n"
            f"{told}\n\n{text}\n"
        )
        (ROOT / "docs/model_figures.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
