"""``selftaught improve`` on functions of five packages from the registry, with two models.

The sources are downloaded by pip, pinned and unmodified, into a temporary folder, where each
becomes a git repository with one commit; a second one adds a benchmark of ours. Each function
is improved twice: by the offline model, and by one that answers with a version that we wrote
(`benchmarks/packages/NAME.md`). Then the tree must be as it was, and the patch must apply to the
first commit, change the function's file only, and pass the package's own tests.

    python benchmarks/packages.py [--packages toolz networkx] [--write]

Cells that the output file holds already are not run again.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
import subprocess
import sys
import tarfile
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from pages import write_section

ROOT = Path(__file__).resolve().parents[1]
OURS = Path(__file__).parent / "packages"
BENCH = "selftaught_bench.py"
SEED = 0
BUDGETS = {
    "offline": "--calls 2 --responses 3 --utility-calls 6 --no-best-of-n",
    "scripted": "--calls 1 --responses 1 --utility-calls 2 --no-best-of-n",
}
COLUMNS = (
    "package",
    "function",
    "model",
    "outcome",
    "CPU time, old : new",
    "patch: applies, tests",
    "answers, evaluations, CPU s",
    "s",
)


@dataclass(frozen=True)
class Package:
    """A package, a function of it, and the tests that judge it."""

    requirement: str
    target: str
    tests: str
    needs: tuple[str, ...] = ()
    flags: str = ""

    @property
    def name(self) -> str:
        """The name at the registry."""
        return self.requirement.partition("==")[0]

    @property
    def kept(self) -> str:
        """The name of our files for it."""
        return self.name.replace("-", "_")


PACKAGES = (
    Package(
        "more-itertools==10.5.0", "more_itertools/recipes.py::totient", "tests/test_recipes.py"
    ),
    Package("toolz==1.0.0", "toolz/itertoolz.py::frequencies", "toolz/tests/test_itertoolz.py"),
    Package(
        "textdistance==4.6.3",
        "textdistance/algorithms/edit_based.py::Levenshtein._cycled",
        "tests/test_common.py",
        ("hypothesis", "numpy"),
    ),
    Package(
        "networkx==3.2.1",
        "networkx/algorithms/cluster.py::square_clustering",
        "networkx/algorithms/tests/test_cluster.py",
    ),
    Package("inflection==0.5.1", "inflection/__init__.py::camelize", "test_inflection.py"),
)


def run(*words: str | Path, cwd: Path) -> str:
    """What a command prints; it has to succeed."""
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        shown = (done.stdout + done.stderr)[-3000:]
        raise SystemExit(f"{shlex.join(map(str, words))} failed in {cwd}:\n{shown}")
    return done.stdout


def git(tree: Path, *words: str) -> str:
    """What git prints there."""
    identity = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@localhost")
    return run("git", *identity, *words, cwd=tree)


def repository(package: Package, folder: Path) -> Path:
    """The sources as they are at the registry, and our benchmark in a second commit."""
    pip = (sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", package.name)
    run(*pip, package.requirement, cwd=folder)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        file.extractall(folder / "unpacked", filter="data")
    (tree,) = (folder / "unpacked").iterdir()
    git(tree, "init", "-q")
    git(tree, "add", "--all", "--force")
    git(tree, "commit", "-q", "-m", "As downloaded")
    git(tree, "tag", "pristine")
    (tree / BENCH).write_text((OURS / f"{package.kept}.py").read_text("utf-8"), "utf-8")
    git(tree, "add", BENCH)
    git(tree, "commit", "-q", "-m", "Add a benchmark")
    return tree


def environment(package: Package, folder: Path) -> Path:
    """An interpreter with what the package's tests need; the package itself is not there."""
    run(sys.executable, "-m", "venv", "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    pip = ("-m", "pip", "install", "-q", "--disable-pip-version-check")
    run(python, *pip, "pytest", *package.needs, cwd=folder)
    return python


def improve(package: Package, model: str, tree: Path, python: Path) -> dict:
    """What the command printed, with ``seconds_here``, ``exit`` and what it said."""
    patch = tree.parent.parent / f"{model}.patch"
    scripted = f"command:cat {OURS / f'{package.kept}.md'}"
    words = [
        *(sys.executable, "-m", "selftaught", "improve", package.target),
        *("--check", f"python -m pytest -q {package.tests}", "--faster", f"{BENCH}::run"),
        *("--python", str(python), "--model", "offline" if model == "offline" else scripted),
        *(*BUDGETS[model].split(), *package.flags.split(), "--seed", str(SEED)),
        *("--store", str(tree.parent.parent / f"{model}.db"), "--output", str(patch)),
        *("--yes", "--json"),
    ]
    start = time.monotonic()
    done = subprocess.run(words, cwd=tree, capture_output=True, text=True, check=False)
    try:
        told = json.loads(done.stdout)
    except ValueError:
        told = {"error": {"found": (done.stdout + done.stderr)[-2000:]}}
    return told | {
        "seconds_here": time.monotonic() - start,
        "exit": done.returncode,
        "said": done.stderr,
        "patch_file": patch,
    }


def untouched(tree: Path, head: str) -> None:
    """Stop where the tree is not as it was."""
    changed = git(tree, "status", "--porcelain")
    if changed or git(tree, "rev-parse", "HEAD") != head:
        raise SystemExit(f"the user's tree was touched:\n{changed}")


def verdict(package: Package, told: dict, tree: Path, python: Path) -> str:
    """Whether the patch applies to the sources as downloaded, and what their tests say."""
    if not told.get("claim"):
        return "no patch"
    fresh = told["patch_file"].with_suffix(".tree")
    git(tree, "worktree", "add", "-q", "--detach", str(fresh), "pristine")
    git(fresh, "apply", "--check", str(told["patch_file"]))
    git(fresh, "apply", str(told["patch_file"]))
    changed = git(fresh, "diff", "--name-only").split()
    if changed != [package.target.partition("::")[0]]:
        raise SystemExit(f"the patch changes {changed}")
    words = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", package.tests]
    done = subprocess.run(words, cwd=fresh, capture_output=True, text=True, check=False)
    last = (done.stdout.strip().splitlines() or ["nothing printed"])[-1]
    counts = last.strip("= ").partition(" in ")[0]
    return f"yes, {'' if done.returncode == 0 else 'FAILS: '}{counts}"


def row(package: Package, model: str, told: dict, patch: str) -> str:
    """A line of the table."""
    name = package.target.partition("::")[2]
    start = f"| {package.requirement.replace('==', ' ')} | `{name}` | {model}"
    if "error" in told:
        why = " ".join(str(told["error"].get("found")).split())[:200]
        return f"{start} | exit {told['exit']}: {why} | | {patch} | | {told['seconds_here']:.0f} |"
    compared, spent = told["comparison"], told["spent"]
    if told["claim"]:
        outcome = f"patch: {compared['status']}"
    elif compared is None or compared["gain"]["mean"] is None:
        tried = ", ".join(f"{count} {kind}" for kind, count in sorted(told["tried"].items()))
        outcome = f"nothing better; tried: {tried or 'nothing'}"
    else:
        outcome = f"nothing better: {compared['status']}"
    gain = compared["gain"] if compared else {"mean": None}
    ratio = ""
    if gain["mean"] is not None:
        ratio = f"{gain['mean']:.2f} ({gain['low']:.2f}–{gain['high']:.2f}, n = {gain['n']})"
    spending = f"{spent['responses']}, {spent['evaluations']}, {spent['seconds']:.0f}"
    return f"{start} | {outcome} | {ratio} | {patch} | {spending} | {told['seconds_here']:.0f} |"


def measured(package: Package, model: str, verbose: bool) -> str:
    """The line of one package and one model."""
    with tempfile.TemporaryDirectory(prefix="packages-") as name:
        folder = Path(name)
        tree, python = repository(package, folder), environment(package, folder)
        head = git(tree, "rev-parse", "HEAD")
        told = improve(package, model, tree, python)
        untouched(tree, head)
        line = row(package, model, told, verdict(package, told, tree, python))
    if verbose:
        print(told["said"][-4000:], told.get("message"), told.get("diff"), sep="\n")
    return line


def main() -> None:
    """Print the table, and keep it where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = [package.name for package in PACKAGES]
    parser.add_argument("--packages", nargs="+", choices=names, default=names)
    parser.add_argument("--models", nargs="+", choices=list(BUDGETS), default=list(BUDGETS))
    parser.add_argument("--output", type=Path, default=ROOT / "docs/evidence/packages.jsonl")
    parser.add_argument("--report", action="store_true", help="run nothing; use what is kept")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    kept = {}
    if chosen.output.exists():
        each = map(json.loads, chosen.output.read_text("utf-8").splitlines())
        kept = {(one["package"], one["model"]): one for one in each}
    wanted = [(one, model) for one in PACKAGES for model in BUDGETS]
    for package, model in [] if chosen.report else wanted:
        key = (package.requirement, model)
        if key in kept or package.name not in chosen.packages or model not in chosen.models:
            continue
        line = measured(package, model, chosen.verbose)
        kept[key] = {"package": key[0], "model": model, "line": line, "machine": machine()}
        chosen.output.parent.mkdir(parents=True, exist_ok=True)
        with chosen.output.open("a", encoding="utf-8") as file:
            file.write(json.dumps(kept[key], ensure_ascii=False) + "\n")
        print(line, flush=True)
    lines = ["| " + " | ".join(COLUMNS) + " |", "|---" * len(COLUMNS) + "|"]
    found = [
        kept[one.requirement, model] for one, model in wanted if (one.requirement, model) in kept
    ]
    table = "\n".join([*lines, *(one["line"] for one in found)])
    machines = "\n".join(sorted({one["machine"] for one in found}))
    print(f"\n{table}\n\n{machines}")
    if chosen.write:
        text = f"{HEAD}{machines}\n\n{table}\n"
        write_section(ROOT / "docs/packages.md", HEADING, text, OTHERS)


def machine() -> str:
    """What the figures were taken with."""
    return (
        f"Seed {SEED}. Linux {platform.release().split('-')[0]}, {platform.machine()}, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}."
    )


HEADING = "# Functions of packages from the registry"
OTHERS = ("## Repositories as they are checked out",)
HEAD = f"""Written by `python benchmarks/packages.py --write`; kept in
`docs/evidence/packages.jsonl`. The sources are unmodified from the registry, the checks are the
packages' own tests of the module, and the benchmarks are ours (`benchmarks/packages/`). Each
function is improved twice: with the offline model (`{BUDGETS["offline"]}`), and with a model
that returns a version we wrote
(`{BUDGETS["scripted"]}`). The second shows how
the command handles a good answer, not that a model finds one. Ratios are 95 % intervals over n
blocks of four runs. No run changed the source tree. Each patch applied to the downloaded sources
with `git apply`, changed only the function's file, and the tests ran with it.

The versions tried include the original, which is `ok`. `unclear` means that the interval of the
final comparison does not lie above 1.02, so nothing is claimed. Seconds are wall time on a
machine that was also doing other work.

Apart from the tests, results of `square_clustering` were compared on one input only, because calls
with views of a graph cannot be recorded. Results of the others were compared on 140 to 200 inputs.

"""

if __name__ == "__main__":
    main()
