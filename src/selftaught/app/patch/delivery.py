"""Delivery: a patch put into the user's files or onto a branch, when that was asked for."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from selftaught.app.patch.aim import Aim
from selftaught.app.signals import whole
from selftaught.errors import SelftaughtError, UsageError
from selftaught.repository.place import Repository, find_repository, git, shown
from selftaught.repository.site import Site, open_site
from selftaught.repository.splice import Spliced, splice
from selftaught.values.program import Program

_HEADS = "refs/heads/"


@dataclass(frozen=True)
class Delivery:
    """What becomes of a patch.

    Attributes:
        apply: whether it is written into the files.
        branch: the new branch that it is committed to; None: none.
        message: of the commit.
        patch: the file that it was written to.
    """

    apply: bool
    branch: str | None
    message: str
    patch: str | None


def apply_command(folder: Path, patch: str) -> str:
    """Return a shell command that applies a patch, wherever the user stands.

    Args:
        folder: in the repository that the patch is for.
        patch: its file.
    """
    root = folder
    with suppress(SelftaughtError):  # the folder is gone, or not here
        root = find_repository(folder).root
    return shlex.join(["git", "-C", str(root), "apply", os.path.abspath(patch)])


def refuse_branch(folder: Path, name: str, contents: Mapping[str, bytes]) -> None:
    """Return where a branch can be made of a patch; asked before anything costs.

    Args:
        folder: where the user is.
        name: of the new branch.
        contents: of the files that may change, by path relative to the root.

    Raises:
        UsageError: there is no git, the name is taken or none, nobody is set as the author,
            or the files differ from the last commit, on which the branch would stand.
    """
    repository = find_repository(folder)
    root = repository.root
    if not repository.git:
        raise UsageError("a git repository with a commit for --branch", str(root))
    if name.startswith("-") or name == "HEAD":
        raise UsageError("the name of a new branch", repr(name), "choose another name")
    git(root, "check-ref-format", _HEADS + name)
    _refuse_taken(root, name)
    for person in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
        git(root, "var", person)
    _refuse_changed(root, contents)


def deliver(aim: Aim, digest: str, program: Program, wanted: Delivery) -> list[str]:
    """Put a version into the user's files or onto a branch; return what was done, in words.

    Args:
        aim: of the run.
        digest: of goal and files when the run began.
        program: the version.
        wanted: what becomes of it.

    Raises:
        UsageError: the files have changed since, or can't be written.
    """
    if not (wanted.apply or wanted.branch):
        return []
    site = open_site(aim.folder, aim.goal)
    if site.digest != digest:
        raise UsageError(
            "files as they were when the run began",
            f"changes in {', '.join(map(shown, site.contents))}; nothing was applied or committed",
            _by_hand(site, wanted),
        )
    spliced = splice(site.parts, program.source)
    assert isinstance(spliced, Spliced)
    done = []
    with whole():
        if wanted.branch:
            refuse_branch(aim.folder, wanted.branch, site.contents)
            done.append(_commit(site, spliced, wanted.branch, wanted.message))
        if wanted.apply:
            done.append(_apply(site.repository, spliced))
    return done


def _by_hand(site: Site, wanted: Delivery) -> str:
    if not wanted.patch:
        return "the run keeps the patch; print it with selftaught show RUN --json"
    command = apply_command(site.repository.root, wanted.patch)
    return "apply the patch by hand: " + command.replace(" apply ", " apply --3way ", 1)


def _refuse_taken(root: Path, name: str) -> None:
    """Refuse a name that git could not give to a branch beside those that there are."""
    listed = git(root, "for-each-ref", "--format=%(refname)", _HEADS).split("\n")
    for each in (line.removeprefix(_HEADS) for line in listed if line):
        if each == name or each.startswith(name + "/") or name.startswith(each + "/"):
            found = (
                f"{name}, which already exists"
                if each == name
                else f"{name}, which conflicts with the branch {each}"
            )
            raise UsageError("the name of a new branch", found, "choose another name")


def _refuse_changed(root: Path, contents: Mapping[str, bytes]) -> None:
    """Refuse files that are not what the last commit holds.

    Their contents are compared: `git status` passes over some files, and is about the index.
    """
    changed = []
    for path, content in contents.items():
        listed = git(root, "ls-tree", "HEAD", "--", path)
        blob = git(root, "hash-object", f"--path={path}", "--stdin", given=content).strip()
        if listed.partition("\t")[0].split(" ")[-1] != blob:
            changed.append(path)
    if changed:
        raise UsageError(
            "files of this repository without uncommitted changes, for --branch",
            ", ".join(map(shown, changed)),
            "commit them first, in the submodule where they are in one, or take "
            "--output FILE.patch instead",
        )


def _apply(repository: Repository, spliced: Spliced) -> str:
    """Write files so that each is whole at any moment: the old one or the new one."""
    waiting: list[tuple[str, Path]] = []
    try:
        for path, content in spliced.files.items():
            waiting.append(
                (_written_beside(repository.root / path, content), repository.root / path)
            )
        for made, file in waiting:
            os.replace(made, file)
    except OSError as error:
        raise UsageError(
            f"{', '.join(map(shown, spliced.files))} to be writable", str(error), "nothing is lost"
        ) from error
    finally:
        for made, _ in waiting:
            Path(made).unlink(missing_ok=True)
    return f"applied to {', '.join(map(shown, spliced.files))}"


def _written_beside(file: Path, content: bytes) -> str:
    """Return the path of a new file beside one that it is to replace, with its mode and owner."""
    known = file.stat()
    if not os.access(file, os.W_OK):
        raise PermissionError(f"{file} may not be written")
    descriptor, made = tempfile.mkstemp(prefix=f".{file.name[:100]}-", dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(descriptor)
        if (known.st_uid, known.st_gid) != (os.geteuid(), os.getegid()):
            os.chown(made, known.st_uid, known.st_gid)
        os.chmod(made, stat.S_IMODE(known.st_mode))
        shutil.copystat(file, made)
        os.utime(made)
    except BaseException:
        Path(made).unlink(missing_ok=True)
        raise
    return made


def _commit(site: Site, spliced: Spliced, branch: str, message: str) -> str:
    """Commit without a work tree: the user's files, index and branch stay as they are."""
    root = site.repository.root
    head = git(root, "rev-parse", "--verify", "HEAD^{commit}").strip()
    with tempfile.TemporaryDirectory(prefix="selftaught-index-") as folder:
        index = {"GIT_INDEX_FILE": os.path.join(folder, "index")}
        git(root, "read-tree", head, environment=index)
        for path, content in spliced.files.items():
            mode = git(root, "ls-files", "-s", "--", path, environment=index).split(" ", 1)[0]
            hashed = ("hash-object", "-w", f"--path={path}", "--stdin")
            blob = git(root, *hashed, given=content).strip()
            entry = f"{mode},{blob},{path}"
            git(root, "update-index", "--cacheinfo", entry, environment=index)
        tree = git(root, "write-tree", environment=index).strip()
    commit = git(root, "commit-tree", tree, "-p", head, given=message).strip()
    git(root, "update-ref", _HEADS + branch, commit, "")
    return f"committed to the branch {branch} ({commit[:10]}); your files are unchanged"
