"""``selftaught improve`` in checkouts of repositories as their authors work in them.

The checkouts are prepared by whoever runs this: a folder for each repository, named like it, at
the commit that the table names, with an environment in ``.venv`` in which its own tests pass,
installed as editable where the table says so, submodules with their files, and ``tools/bin`` with
``uv``. In each one a benchmark of ours (`benchmarks/repositories/NAME.py`) is put as a new file
that git does not track, ``selftaught_bench.py``. Then ``selftaught improve`` runs twice: with
``--dry-run``, and with a model that answers with a version that we wrote (`NAME.md`). After each
run every file must be as before, those in ``.git`` and those that git ignores among them. The
patch is applied with ``git apply``, the check runs with it in the tree itself, and it is taken
back.

    python benchmarks/repositories.py FOLDER [--repositories itsdangerous boltons] [--write]

Repositories that the output file holds already are not run again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shlex
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pages import write_section

ROOT = Path(__file__).resolve().parents[1]
OURS = Path(__file__).parent / "repositories"
PAGE = ROOT / "docs/packages.md"
BENCH = "selftaught_bench.py"
HEADING = "## Repositories as they are checked out"
OTHERS = ("# Functions of packages from the registry",)
BUDGET = "--calls 1 --responses 1 --utility-calls 2 --no-best-of-n --seed 0"
COLUMNS = (
    "repository",
    "kind",
    "commit",
    "function",
    "check",
    "dry run: exit, s",
    "steps, before → after",
    "patch applies, check with it",
    "tree unchanged",
    "problem found here",
)


@dataclass(frozen=True)
class Checkout:
    """A repository, a function of it, and the command that judges it.

    Attributes:
        name: of its folder.
        kind: what is special about it.
        commit: the first ten digits.
        target: as given to ``improve``, from ``place``.
        check: as its user would type it.
        place: the folder in it where the user is.
        flags: further ones.
        hook: whether ``improve`` is started by a pre-commit hook, with staged work.
        found: what these runs showed, in a few words.
    """

    name: str
    kind: str
    commit: str
    target: str
    check: str
    place: str = "."
    flags: str = ""
    hook: bool = False
    found: str = ""

    @property
    def kept(self) -> str:
        """The name of our files for it."""
        return self.name.replace("-", "_").replace(".", "_")


CHECKOUTS = (
    Checkout(
        "itsdangerous",
        "src layout, editable",
        "672971d66a",
        "src/itsdangerous/encoding.py::base64_encode",
        "pytest -q",
        found="an untracked .venv was reported as an uncommitted change; fixed",
    ),
    Checkout(
        "boltons",
        "flat, with doctests",
        "967864f897",
        "boltons/iterutils.py::unique_iter",
        "pytest -q --doctest-modules boltons tests",
        found="nothing",
    ),
    Checkout(
        "opentelemetry-python",
        "monorepo of namespace packages, from a member's folder",
        "0a5d76b650",
        "src/opentelemetry/sdk/metrics/_internal/exponential_histogram/buckets.py::Buckets.downscale",
        "pytest -q tests/metrics/exponential_histogram",
        place="opentelemetry-sdk",
        found="nothing",
    ),
    Checkout(
        "jaraco.functools",
        "namespace package, flat, not installed",
        "9f4e0e2849",
        "jaraco/functools/__init__.py::assign_params",
        "python -m pytest -q",
        found="nothing",
    ),
    Checkout(
        "html5lib-python",
        "test data in a submodule",
        "fd4f032bc0",
        "html5lib/_tokenizer.py::HTMLTokenizer.consumeNumberEntity",
        "pytest -q html5lib/tests/testdata/tokenizer/numericEntities.test "
        "html5lib/tests/testdata/tokenizer/entities.test",
        found="a benchmark that also counted the imports gained 0.2 %, less than `--minimum-gain`",
    ),
    Checkout(
        "contourpy",
        "editable by an import hook (meson-python)",
        "713550ab7e",
        "lib/contourpy/array.py::offsets_from_lengths",
        "pytest -q tests/test_array.py tests/test_convert.py",
        found="nothing",
    ),
    Checkout(
        "multidict",
        "compiled extension, pytest-cov with parallel data",
        "41c1b9144b",
        "multidict/_multidict_py.py::_ItemsView.__repr__",
        "pytest -q tests/test_multidict.py tests/test_mutable_multidict.py",
        found="nothing",
    ),
    Checkout(
        "pytest-randomly",
        "pytest plugin: random order, xdist, parallel coverage",
        "94aba4ad67",
        "src/pytest_randomly/__init__.py::reduce_list_of_lists",
        "python -m coverage run -m pytest -q -n 2 tests -k 'functions_reordered or doctests or "
        "without'",
        found="nothing",
    ),
    Checkout(
        "pre-commit-hooks",
        "started by a pre-commit hook",
        "f23336e5dc",
        "pre_commit_hooks/mixed_line_ending.py::fix_filename",
        "coverage run -m pytest -q tests/mixed_line_ending_test.py "
        "tests/check_merge_conflict_test.py",
        hook=True,
        found="tests that commit had no author; fixed. Whole suite: “Cannot fork” under load",
    ),
    Checkout(
        "pydantic-settings",
        "uv",
        "d26fc0c394",
        "pydantic_settings/sources/utils.py::parse_env_vars",
        "uv run pytest -q tests/test_settings.py",
        found="make in a check, tried separately: “Operation not permitted”; fixed",
    ),
    Checkout(
        "tomlkit",
        "poetry; a submodule at another commit",
        "911cccd630",
        "tomlkit/_utils.py::merge_dicts",
        "poetry run pytest -q tests/test_toml_document.py tests/test_items.py tests/test_api.py",
        found="nothing",
    ),
)


def run(words: Sequence[str | Path], cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """What a command did."""
    environment = os.environ | more
    return subprocess.run(
        words, cwd=cwd, capture_output=True, text=True, check=False, env=environment
    )


def git(tree: Path, *words: str | Path) -> str:
    """What git prints there; it has to succeed."""
    identity = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@localhost")
    done = run(["git", *identity, *words], tree)
    if done.returncode:
        raise SystemExit(f"git {words[0]} failed in {tree}:\n{done.stdout + done.stderr}")
    return done.stdout


def state(tree: Path) -> dict[str, str]:
    """Mode and digest of every file and link, and the mode of every folder."""
    found = {}
    for folder, names, files in os.walk(tree):
        for name in (*names, *files):
            path = Path(folder, name)
            mode = path.lstat().st_mode
            held = os.readlink(path).encode() if stat.S_ISLNK(mode) else b""
            if stat.S_ISREG(mode):
                held = path.read_bytes()
            found[str(path.relative_to(tree))] = f"{mode:o} {hashlib.sha256(held).hexdigest()}"
    return found


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Paths that are not as they were; compiled Python that was read anew is none."""
    both = {*before, *after}
    return sorted(
        path
        for path in both
        if before.get(path) != after.get(path) and "__pycache__" not in path.split("/")
    )


@contextmanager
def prepared(checkout: Checkout, tree: Path) -> Iterator[None]:
    """Put the benchmark into the tree, and work in progress where a hook is to start us."""
    bench = tree / checkout.place / BENCH
    bench.write_text((OURS / f"{checkout.kept}.py").read_text("utf-8"), "utf-8")
    index = Path(git(tree, "rev-parse", "--absolute-git-dir").strip()) / "index"
    kept, work = index.read_bytes(), tree / "staged.txt"
    try:
        if checkout.hook:
            work.write_text("staged\n", encoding="utf-8")
            git(tree, "add", work)
            work.write_text("staged, and changed again\n", encoding="utf-8")
            committed(tree, "exit 1\n")  # writes the tree of what is staged
        yield
    finally:
        bench.unlink()
        if checkout.hook:
            work.unlink()
            index.write_bytes(kept)


def committed(tree: Path, script: str) -> None:
    """Start a commit there with a pre-commit hook, which refuses it."""
    hook = Path(git(tree, "rev-parse", "--absolute-git-dir").strip()) / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n{script}", encoding="utf-8")
    hook.chmod(0o755)
    done = run(
        ["git", "-c", "user.name=b", "-c", "user.email=b@localhost", "commit", "-m", "x"], tree
    )
    hook.unlink()
    if not done.returncode:
        raise SystemExit(f"the hook did not refuse the commit in {tree}")


def words_of(checkout: Checkout, folder: Path) -> list[str]:
    """The command as its user types it, but for the store and the patch."""
    return [
        *(sys.executable, "-m", "selftaught", "improve", checkout.target),
        *("--check", checkout.check, "--score", f"python {BENCH}", "--minimise"),
        *("--model", f"command:cat {OURS / checkout.kept}.md", "--score-runs", "4"),
        *(*BUDGET.split(), *checkout.flags.split(), "--store", str(folder / "store.db")),
    ]


def improved(checkout: Checkout, tree: Path, folder: Path) -> tuple[dict, int, str]:
    """What the command printed as JSON, its exit status, and what it said."""
    words = [*words_of(checkout, folder), "--output", str(folder / "found.patch")]
    words += ["--yes", "--json"]
    if not checkout.hook:
        done = run(words, tree / checkout.place)
        status, said, printed = done.returncode, done.stderr, done.stdout
    else:
        out, said_file = folder / "out.json", folder / "said.txt"
        line = f"{shlex.join(words)} >{out} 2>{said_file}; echo $? >{folder / 'exit'}; exit 1\n"
        committed(tree, line)
        printed, said = out.read_text("utf-8"), said_file.read_text("utf-8")
        status = int((folder / "exit").read_text())
    try:
        return json.loads(printed), status, said
    except ValueError:
        return {"error": {"found": (printed + said)[-2000:]}}, status, said


def verdict(checkout: Checkout, tree: Path, patch: Path) -> str:
    """Whether the patch applies to the checkout, and what the check says with it there."""
    if not patch.exists():
        return "no patch"
    git(tree, "apply", patch)
    try:
        changed = git(tree, "diff", "--name-only").split()
        beside = [each for each in changed if each != "staged.txt"]
        if [Path(each).name for each in beside] != [Path(checkout.target.split("::")[0]).name]:
            raise SystemExit(f"the patch changes {changed}")
        bin_ = str(tree / ".venv" / "bin")
        done = run(
            shlex.split(checkout.check),
            tree / checkout.place,
            PATH=f"{bin_}{os.pathsep}{os.environ['PATH']}",
            PYTHONDONTWRITEBYTECODE="1",
            COVERAGE_FILE=str(patch.parent / "coverage"),
            PYTEST_ADDOPTS="-p no:cacheprovider",
        )
    finally:
        git(tree, "apply", "-R", patch)
    lines = [each for each in done.stdout.splitlines() if " passed" in each]
    counts = lines[-1].strip("= ").partition(" in ")[0] if lines else "ended with 0"
    return f"yes, {counts if done.returncode == 0 else 'FAILS'}"


def measured(checkout: Checkout, tree: Path, verbose: bool) -> dict[str, str]:
    """One repository's cells."""
    commit = git(tree, "rev-parse", "HEAD")[:10]
    if commit != checkout.commit:
        raise SystemExit(f"expected {tree} at {checkout.commit}; found {commit}")
    with tempfile.TemporaryDirectory(prefix="repositories-") as name, prepared(checkout, tree):
        folder = Path(name)
        before = state(tree)
        start = time.monotonic()
        dry = run([*words_of(checkout, folder), "--dry-run"], tree / checkout.place)
        dry_seconds = time.monotonic() - start
        after_dry = state(tree)
        told, status, said = improved(checkout, tree, folder)
        after = state(tree)
        touched = differences(before, after_dry) + differences(before, after)
        patch = verdict(checkout, tree, folder / "found.patch")
        if verbose:
            print(dry.stderr[-3000:], said[-6000:], json.dumps(told, indent=1)[-6000:], sep="\n")
    return {
        "repository": checkout.name,
        "commit": commit,
        "dry": f"{dry.returncode}, {dry_seconds:.0f}",
        "outcome": outcome(told, status),
        "patch": patch,
        "tree": "yes" if not touched else f"NO: {', '.join(touched[:3])}",
        "machine": machine(),
    }


def outcome(told: dict, status: int) -> str:
    """What the run came to; scores are negative where less is better."""
    if "error" in told:
        return f"exit {status}: " + " ".join(str(told["error"].get("found")).split())[:300]
    if not told.get("claim"):
        tried = ", ".join(
            f"{count} {kind}" for kind, count in sorted(told.get("tried", {}).items())
        )
        return f"exit {status}: nothing better; tried: {tried}"
    compared = told["comparison"]
    before, after, gain = (compared[name] for name in ("before", "after", "gain"))
    return (
        f"{-before['mean']:,.0f} → {-after['mean']:,.0f}, less by {gain['mean']:,.0f} "
        f"({gain['low']:,.0f}–{gain['high']:,.0f}, n = {gain['n']})"
    )


def row(checkout: Checkout, cells: dict[str, str]) -> str:
    """A line of the table."""
    name = checkout.target.partition("::")[2]
    listed = (
        checkout.name,
        checkout.kind,
        cells["commit"],
        f"`{name}`",
        f"`{checkout.check}`".replace("|", "\\|"),
        cells["dry"],
        cells["outcome"],
        cells["patch"],
        cells["tree"],
        checkout.found,
    )
    return "| " + " | ".join(listed) + " |"


def main() -> None:
    """Print the table, and keep it where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = [each.name for each in CHECKOUTS]
    parser.add_argument("folder", type=Path, help="of the prepared checkouts")
    parser.add_argument("--repositories", nargs="+", choices=names, default=names)
    parser.add_argument("--output", type=Path, default=ROOT / "docs/evidence/repositories.jsonl")
    parser.add_argument("--report", action="store_true", help="run nothing; use what is kept")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    folder = chosen.folder.resolve()
    os.environ["PATH"] += f"{os.pathsep}{folder / 'tools' / 'bin'}"
    kept = {}
    if chosen.output.exists():
        each = map(json.loads, chosen.output.read_text("utf-8").splitlines())
        kept = {one["repository"]: one for one in each}
    for checkout in [] if chosen.report else CHECKOUTS:
        if checkout.name in kept or checkout.name not in chosen.repositories:
            continue
        cells = measured(checkout, folder / checkout.name, chosen.verbose)
        kept[checkout.name] = cells
        with chosen.output.open("a", encoding="utf-8") as file:
            file.write(json.dumps(cells, ensure_ascii=False) + "\n")
        print(row(checkout, cells), flush=True)
    found = [(each, kept[each.name]) for each in CHECKOUTS if each.name in kept]
    lines = ["| " + " | ".join(COLUMNS) + " |", "|---" * len(COLUMNS) + "|"]
    table = "\n".join([*lines, *(row(*each) for each in found)])
    machines = "\n".join(sorted({cells["machine"] for _, cells in found}))
    if chosen.write:
        write_section(PAGE, HEADING, f"{HEAD}\n{machines}\n\n{table}\n", OTHERS)
    print(f"\n{table}\n\n{machines}")


def machine() -> str:
    """What the figures were taken with."""
    return (
        f"Linux {platform.release().split('-')[0]}, {platform.machine()}, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}."
    )


HEAD = f"""Written by `python benchmarks/repositories.py FOLDER --write`; kept in
`docs/evidence/repositories.jsonl`. Each repository is a checkout with its own environment, as its
authors would use it, and the check is the command they would type there. The score is the number of
steps that Python takes for a fixed amount of work, with inputs drawn from `SELFTAUGHT_SEED`; the
benchmark is a new file in the checkout (`benchmarks/repositories/`). `improve` runs with
`--dry-run`, and then with a model that returns a version we wrote
(`{BUDGET}`): this shows how the command
handles a good answer, not that a model finds one. “Tree unchanged” compares every file of the
checkout, including those in `.git` and those that git ignores. The patch is applied there with
`git apply`, and the check runs with it, without a sandbox.
"""

if __name__ == "__main__":
    main()
