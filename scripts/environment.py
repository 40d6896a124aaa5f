"""Makes a virtual environment for programs that others wrote; prints its interpreter's path.

Tests and benchmarks use it for peers and servers that would not fit into .venv. What was made
once is kept in the user's cache folder, named by what is in it.

    python scripts/environment.py litellm 'litellm[proxy]==1.110.2'
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path


def folder(name: str, requirements: list[str]) -> Path:
    """Return where the environment is kept, made or not."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    named = "\n".join([sys.version, *sorted(requirements)])
    return cache / "selftaught" / f"{name}-{hashlib.sha256(named.encode()).hexdigest()[:8]}"


def make(home: Path, requirements: list[str]) -> Path:
    """Return the environment's interpreter; makes it unless it is there.

    Raises:
        subprocess.CalledProcessError: it can't be made; what pip said is on standard error.
    """
    python, done = home / "bin" / "python", home / "installed"
    home.parent.mkdir(parents=True, exist_ok=True)
    with home.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several tests may want it at once
        if not done.exists():
            shutil.rmtree(home, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "venv", home], check=True, stdout=sys.stderr)
            pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
            subprocess.run([*pip, *requirements], check=True, stdout=sys.stderr)
            done.write_text("\n".join(requirements) + "\n", encoding="utf-8")
    return python


def main() -> int:
    """Print the interpreter's path; return 1 where there is none."""
    name, *requirements = sys.argv[1:]
    try:
        print(make(folder(name, requirements), requirements))
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"can't install {' '.join(requirements)}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
