"""The peers, each installed from the package index into an environment of its own."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ADAPTERS = Path(__file__).parent / "adapters"


@dataclass(frozen=True)
class Peer:
    """A package that searches for programs.

    Attributes:
        name: as the table shows it.
        requirement: what is installed.
        adapter: the script that drives it, in ``adapters``.
    """

    name: str
    requirement: str
    adapter: str


PEERS = (
    Peer("OpenEvolve 0.4.1", "openevolve==0.4.1", "openevolve_search.py"),
    Peer("GEPA 0.1.4", "gepa==0.1.4", "gepa_search.py"),
    Peer("ShinkaEvolve 0.0.7", "shinka-evolve==0.0.7", "shinka_search.py"),
    Peer("SkyDiscover 0.1.0 (AdaEvolve)", "skydiscover==0.1.0", "skydiscover_search.py"),
)


def python_of(peer: Peer, folder: Path) -> Path:
    """Return the interpreter of a peer's environment, which is made where it is missing.

    Raises:
        RuntimeError: the peer can't be had from the index, or does not install.
    """
    home = folder / peer.requirement.partition("=")[0]
    python, done = home / "bin" / "python", home / "installed"
    if done.exists() and done.read_text() == peer.requirement:
        return python
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
    command = [str(python), "-m", "pip", "install", "--quiet", peer.requirement]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        lines = [line for line in ended.stderr.splitlines() if line.startswith("ERROR")]
        raise RuntimeError(f"{peer.requirement} does not install: {' '.join(lines) or 'no reason'}")
    done.write_text(peer.requirement)
    return python
