"""A copy's own git folder: git says there what it says in the user's tree, and writes nothing back.

References, index and harmless settings are copied. Objects are not: the folder names the user's
object store as an alternate, which git only ever reads.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from selftaught.errors import SelftaughtError
from selftaught.patching.repository.place import git

_SETTING = re.compile(
    r"core\.(filemode|symlinks|ignorecase|precomposeunicode|autocrlf|eol|abbrev|sparsecheckout"
    r"|sparsecheckoutcone|bigfilethreshold)|extensions\.(objectformat|partialclone)|index\.sparse"
    r"|branch\..+\.(remote|merge)|remote\..+\.(url|fetch|promisor|partialclonefilter)"
    r"|submodule\..+\.(active|url)|describe\..+|versionsort\..+|init\.defaultbranch",
    re.DOTALL,
)
"""Settings that a copy's git folder has too; those that name programs, files or people are not
among them."""

_OWN = (
    ("core.repositoryformatversion", "1"),
    ("core.bare", "false"),
    ("core.logallrefupdates", "false"),
    ("core.checkstat", "minimal"),  # a copied file has the time and size that the index knows
    ("core.trustctime", "false"),
)
_OF_TREE = (
    "index",
    "ORIG_HEAD",
    "MERGE_HEAD",
    "CHERRY_PICK_HEAD",
    "REVERT_HEAD",
    "info/sparse-checkout",
)
_OF_ALL = ("shallow", "info/grafts")
_PASSWORD = re.compile(r"^([a-z][a-z0-9+.-]*://)[^/@]*@", re.IGNORECASE)
_MOST_STORES = 100


def give_history(source: Path, folder: Path) -> tuple[Path, ...]:
    """Make a git folder that is like the one of a work tree; return the object stores it reads.

    Args:
        source: the top of the user's work tree.
        folder: to be made, with the parents it lacks.

    Raises:
        UsageError: git can't say what is needed.
        OSError: something can't be read or written.
    """
    own = Path(_line(source, "rev-parse", "--absolute-git-dir"))
    common = (source / _line(source, "rev-parse", "--git-common-dir")).resolve()
    stores = tuple(object_stores(common / "objects"))
    for name in ("objects/info", "refs/heads", "refs/tags", "info"):
        (folder / name).mkdir(parents=True)
    (folder / "objects/info/alternates").write_bytes(b"".join(map(_alternate, stores)))
    (folder / "HEAD").write_text(_head(source) + "\n", encoding="utf-8")
    (folder / "config").write_bytes(os.fsencode("".join(_config(source))))
    _write_references(source, folder)
    _copy_files(own, folder, (*_OF_TREE, *(each.name for each in own.glob("sharedindex.*"))))
    _copy_files(common, folder, _OF_ALL)
    _gather(
        folder / "info/exclude", (_named(source, "excludesFile", "ignore"), common / "info/exclude")
    )
    _gather(
        folder / "info/attributes",
        (_named(source, "attributesFile", "attributes"), common / "info/attributes"),
    )
    return stores


def object_stores(objects: Path) -> Iterator[Path]:
    """Yield a folder of objects and those that it borrows from, as they really are."""
    known: set[Path] = set()
    waiting = [objects]
    while waiting and len(known) < _MOST_STORES:
        store = waiting.pop(0).resolve()
        if store in known or not store.is_dir():
            continue
        known.add(store)
        yield store
        with suppress(FileNotFoundError):
            lines = (store / "info/alternates").read_bytes().split(b"\n")
            waiting += [
                store / os.fsdecode(_unquoted(line))
                for line in lines
                if line[:1] not in (b"", b"#")
            ]


def mark(source: Path, folder: Path, paths: Iterable[str], bit: str) -> None:
    """Let git pass over files of a copy that can't be what the index says.

    Args:
        source: the top of the copy.
        folder: its git folder.
        paths: relative to the top.
        bit: ``skip-worktree`` for files that are not there, ``assume-unchanged`` for others.

    Raises:
        UsageError: git does not do it.
    """
    given = "".join(f"{path}\0" for path in paths)
    if given:
        where = {"GIT_DIR": str(folder), "GIT_WORK_TREE": str(source)}
        git(source, "update-index", f"--{bit}", "-z", "--stdin", given=given, environment=where)


def _line(source: Path, *arguments: str) -> str:
    return git(source, *arguments).removesuffix("\n")


def _head(source: Path) -> str:
    try:
        return "ref: " + _line(source, "symbolic-ref", "-q", "HEAD")
    except SelftaughtError:  # HEAD is detached
        return _line(source, "rev-parse", "HEAD")


def _write_references(source: Path, folder: Path) -> None:
    """Write every reference but those to stashes, which are nobody's but the user's."""
    listed = _line(source, "for-each-ref", "--format=%(objectname) %(refname) %(symref)")
    packed = []
    for line in listed.split("\n"):
        found, _, rest = line.partition(" ")
        name, _, leads_to = rest.partition(" ")
        if not name or name == "refs/stash":
            continue
        if leads_to:
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(os.fsencode(f"ref: {leads_to}\n"))
        else:
            packed.append(f"{found} {name}\n")
    (folder / "packed-refs").write_bytes(
        os.fsencode("# pack-refs with: sorted \n" + "".join(packed))
    )


def _config(source: Path) -> Iterator[str]:
    """Yield the text of the settings, those of all the user's files that git reads."""
    for entry in git(source, "config", "--list", "-z").split("\0"):
        key, equals, value = entry.partition("\n")
        if _SETTING.fullmatch(key):
            if key.endswith(".url"):
                value = _PASSWORD.sub(r"\1", value).partition("?")[0]
            yield _setting(key, value if equals else "true")
    yield from (_setting(key, value) for key, value in _OWN)


def _setting(key: str, value: str) -> str:
    section, _, rest = key.partition(".")
    middle, _, name = rest.rpartition(".")
    head = f'{section} "{_escaped(middle)}"' if middle else section
    return f'[{head}]\n\t{name} = "{_escaped(value)}"\n'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _copy_files(source: Path, folder: Path, names: Iterable[str]) -> None:
    for name in names:
        with suppress(FileNotFoundError):
            shutil.copy2(source / name, folder / name)


def _named(source: Path, setting: str, default: str) -> Path | None:
    """Return a file of the user's that ``core.*`` names, or git's default for it."""
    with suppress(SelftaughtError):  # nothing is set
        return source / _line(source, "config", "--type=path", f"core.{setting}")
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return Path(home, "git", default)


def _gather(file: Path, parts: Iterable[Path | None]) -> None:
    """Write the contents of files one after the other, the strongest last."""
    there = [part for part in parts if part and os.path.isfile(part) and os.access(part, os.R_OK)]
    found = [part.read_bytes() for part in there]
    file.write_bytes(b"\n".join(found))


def _alternate(store: Path) -> bytes:
    """Return a line of ``objects/info/alternates``, quoted where its name needs that."""
    name = os.fsencode(store)
    if name.startswith((b'"', b"#")) or b"\n" in name:
        escaped = name.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
        name = b'"' + escaped + b'"'
    return name + b"\n"


def _unquoted(line: bytes) -> bytes:
    if not line.startswith(b'"'):
        return line
    return line[1:-1].decode("unicode_escape").encode("latin-1")
