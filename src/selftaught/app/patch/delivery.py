"""Delivery: a patch put into the user's files or onto a branch, when that was asked for."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from selftaught.app.patch.aim import Aim
from selftaught.app.signals import whole
from selftaught.errors import UsageError
from selftaught.repository.copy import uncommitted
from selftaught.repository.place import Repository, find_repository, git
from selftaught.repository.site import Site, open_site
from selftaught.repository.splice import Spliced, splice
from selftaught.values.program import Program


def refuse_branch(folder: Path, name: str, paths: tuple[str, ...]) -> None:
    """Return where a branch can be made of a patch; asked before anything costs.

    Args:
        folder: where the user is.
        name: of the new branch.
        paths: of the files that may change.

    Raises:
        UsageError: there is no git, the name is taken or none, or the files differ from the
            last commit, on which the branch would stand.
    """
    repository = find_repository(folder)
    if not repository.git:
        raise UsageError("a git repository with a commit for --branch", str(repository.root))
    git(repository.root, "check-ref-format", "--branch", name)
    if git(repository.root, "branch", "--list", name).strip():
        raise UsageError("the name of a new branch", f"{name}, which exists", "take another")
    changed = [path for path in uncommitted(repository).paths if path in paths]
    if changed:
        raise UsageError(
            "files without uncommitted changes for --branch",
            ", ".join(changed),
            "commit them first, or take --output FILE.patch instead",
        )


def deliver(
    aim: Aim, digest: str, program: Program, *, apply: bool, branch: str | None, message: str
) -> list[str]:
    """Put a version into the user's files or onto a branch; return what was done, in words.

    Args:
        aim: of the run.
        digest: of goal and files when the run began.
        program: the version.
        apply: write it into the files.
        branch: the new branch; None: none.
        message: of the commit.

    Raises:
        UsageError: the files have changed since, or can't be written.
    """
    if not (apply or branch):
        return []
    site = open_site(aim.folder, aim.goal)
    if site.digest != digest:
        raise UsageError(
            "files as they were when the run began",
            f"changes in {', '.join(site.contents)}",
            "apply the patch by hand: git apply --3way FILE.patch",
        )
    spliced = splice(site.parts, program.source)
    assert isinstance(spliced, Spliced)
    done = []
    with whole():
        if branch:
            done.append(_commit(site, spliced, branch, message))
        if apply:
            done.append(_apply(site.repository, spliced))
    return done


def _apply(repository: Repository, spliced: Spliced) -> str:
    for path, content in spliced.files.items():
        try:
            (repository.root / path).write_bytes(content)
        except OSError as error:
            raise UsageError(f"{path} to be writable", str(error)) from error
    return f"applied to {', '.join(spliced.files)}"


def _commit(site: Site, spliced: Spliced, branch: str, message: str) -> str:
    """Commit without a work tree: the user's files, index and branch stay as they are."""
    root = site.repository.root
    with tempfile.TemporaryDirectory(prefix="selftaught-index-") as folder:
        index = {"GIT_INDEX_FILE": os.path.join(folder, "index")}
        git(root, "read-tree", "HEAD", environment=index)
        for path, content in spliced.files.items():
            listed = git(root, "ls-files", "-s", "--", path, environment=index)
            mode = listed.split(" ", 1)[0] or "100644"
            file = Path(folder, "content")
            file.write_bytes(content)
            blob = git(root, "hash-object", "-w", f"--path={path}", str(file)).strip()
            entry = f"{mode},{blob},{path}"
            git(root, "update-index", "--add", "--cacheinfo", entry, environment=index)
        tree = git(root, "write-tree", environment=index).strip()
    commit = git(root, "commit-tree", tree, "-p", "HEAD", given=message).strip()
    git(root, "update-ref", f"refs/heads/{branch}", commit, "")
    return f"committed to the branch {branch} ({commit[:10]}); your files are untouched"
