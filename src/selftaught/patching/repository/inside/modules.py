"""Lets imports find the copy of a repository wherever they would find the repository itself.

Started by a ``sitecustomize``. A file `FACTS` beside it says ``{source, copy, kept, prefix,
path, targets, last}``: the user's root, the copy's, environments in the user's root, ``sys.prefix``
and ``sys.path`` of the user's Python, led to the copy, ``[module, folder, file]`` of each target
(folder and file in the copy), and folders to look in when all others have nothing.

What the user's Python looks through keeps its order, so that nothing hides a module here that it
does not hide there. Entries of ``sys.path`` that lead into the repository, and what the import
hooks of editable installations know of it, lead into the copy instead.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import os
import sys
import sysconfig
import threading
from collections.abc import Iterator, Sequence
from typing import Any

FACTS = "selftaught_inside.json"
"""The name of the file with the facts."""

INSTALLED = ("site-packages", "dist-packages")
_DEPTH = 4
_OWN = __name__.rpartition(".")[0]
_STANDARD = (
    "_distutils_hack",
    "_frozen_importlib",
    "_frozen_importlib_external",
    "importlib",
    "zipimport",
)


def hooks() -> Iterator[tuple[Any, Any]]:
    """Yield each import hook that some package installed, and the module that it is from."""
    for hook in [*sys.meta_path, *sys.path_hooks]:
        name = getattr(hook, "__module__", None) or type(hook).__module__
        if name.partition(".")[0] not in (*_STANDARD, _OWN, "builtins") and name in sys.modules:
            yield hook, sys.modules[name]


def state(hook: Any, module: Any) -> Iterator[dict[str, Any]]:
    """Yield where a hook keeps what it knows: its own attributes, its class's, its module's."""
    for each in (getattr(hook, "__dict__", {}), vars(type(hook)), vars(module)):
        yield each if isinstance(each, dict) else dict(each)


class Places:
    """Where paths of the user's repository are in the copy."""

    def __init__(self, facts: Any) -> None:
        """Remember the facts."""
        self.source = str(facts["source"]).rstrip(os.sep)
        self.copy = str(facts["copy"])
        self.kept = tuple(str(each) + os.sep for each in facts["kept"])

    def moved(self, path: Any) -> Any:
        """Return where a path is in the copy; as it is where it is none, or not in the copy."""
        if not isinstance(path, str) or not (path + os.sep).startswith(self.source + os.sep):
            return path
        if (path + os.sep).startswith(self.kept) or set(INSTALLED) & set(path.split(os.sep)):
            return path
        found = self.copy + path[len(self.source) :]
        return found if os.path.exists(found) or os.path.exists(found + ".py") else path

    def move(self, value: Any, depth: int = _DEPTH) -> Any:
        """Return a value with its paths moved; dictionaries and lists are changed in place."""
        if isinstance(value, str):
            return self.moved(value)
        if isinstance(value, tuple) and type(value) is tuple:
            return tuple(self.move(each, depth - 1) for each in value) if depth else value
        if isinstance(value, (dict, list)) and depth:
            items = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
            for key, each in items:
                if not (isinstance(key, str) and key.startswith("__")):
                    found = self.move(each, depth - 1)
                    if found is not each:
                        value[key] = found
        return value

    def holds(self, path: Any) -> bool:
        """Return whether a path is in the copy."""
        return isinstance(path, str) and path.startswith(self.copy + os.sep)


class Finder:
    """Finds what the other finders find; what they find in the repository, in the copy."""

    def __init__(self, places: Places, targets: Sequence[Sequence[str]]) -> None:
        """Find targets in the copy even where an installed copy of their package comes first."""
        self.places = places
        self.targets = [(name.partition(".")[0], folder, file) for name, folder, file in targets]
        self.merged = {top for top, _, _ in self.targets}
        self.library = sysconfig.get_path("stdlib") + os.sep
        self.inside = threading.local()

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        """Return the spec of a module, in the copy where it has the file; None: nobody has it."""
        if getattr(self.inside, "busy", False):
            return None
        self.inside.busy = True
        try:
            spec = self._others(fullname, path, target)
            if spec is None:
                return None
            spec = self._in_copy(fullname, spec)
            return self._with_installed_parts(fullname, path, spec)
        finally:
            self.inside.busy = False

    def _others(self, fullname: str, path: Any, target: Any) -> Any:
        finders: list[Any] = list(sys.meta_path)
        for finder in finders[finders.index(self) + 1 :]:
            find = getattr(finder, "find_spec", None)
            spec = find(fullname, path, target) if find else None
            if spec is not None:
                return spec
        return None

    def _in_copy(self, fullname: str, spec: Any) -> Any:
        origin, places = spec.origin, self.places
        moved = places.moved(origin)
        if moved != origin:
            self.merged.add(fullname.partition(".")[0])
            return _spec(fullname, moved, spec)
        for top, folder, file in self.targets:
            if fullname == top and not places.holds(origin) and self._is_older(spec, folder, file):
                found: Any = importlib.machinery.PathFinder.find_spec(fullname, [folder])
                if found is not None and places.holds(found.origin):
                    return _spec(fullname, found.origin, spec)
        return spec

    def _is_older(self, spec: Any, folder: str, file: str) -> bool:
        """Return whether what was found is an installed copy of a target's package."""
        origin = spec.origin
        if not isinstance(origin, str) or not os.path.isfile(origin):
            return False
        if origin.startswith(self.library) and not set(INSTALLED) & set(origin.split(os.sep)):
            return False
        base = os.path.dirname(origin)
        if spec.submodule_search_locations is not None:
            base = os.path.dirname(base)
        return os.path.isfile(os.path.join(base, os.path.relpath(file, folder)))

    def _with_installed_parts(self, fullname: str, path: Any, spec: Any) -> Any:
        """Let a package of the copy have what was only built where it is installed."""
        own = spec.submodule_search_locations
        if path is None or own is None or fullname.partition(".")[0] not in self.merged:
            return spec
        name = fullname.rpartition(".")[2]
        for folder in list(path):
            place = os.path.join(folder, name)
            if self.places.holds(spec.origin) and place not in own and os.path.isdir(place):
                own.append(place)
        return spec


def _spec(fullname: str, file: str, found: Any) -> Any:
    """Return the spec of a file, a package as before with what it had besides."""
    if found.submodule_search_locations is None:
        return importlib.util.spec_from_file_location(fullname, file)
    folders = list(dict.fromkeys([os.path.dirname(file), *found.submodule_search_locations]))
    return importlib.util.spec_from_file_location(
        fullname, file, submodule_search_locations=folders
    )


def _calm(hook: Any) -> None:
    """Keep a hook that builds before it imports from building: what was built is there.

    meson-python's asks its build command whether there is work to do before it says what it
    does, and writes a log where it says nothing; scikit-build-core's has a switch.
    """
    if hasattr(hook, "_build_cmd") and hasattr(hook, "_build_path"):
        hook._build_cmd = ["/bin/echo", "ninja: no work to do."]
        hook._verbose = True
    if getattr(hook, "rebuild_flag", False):
        hook.rebuild_flag = False


def _complete(path: list[str], known: Sequence[str], places: Places) -> None:
    """Add folders of the copy that were left out, since the user's own can't be seen here.

    Each goes behind the one that it follows in the user's Python.
    """
    last = len(path) - 1
    for each in known:
        if each in path:
            last = path.index(each)
        elif places.holds(each) and os.path.exists(each):
            last += 1
            path.insert(last, each)


def start() -> None:
    """Look into the copy, where a folder of ``sys.path`` has the facts."""
    files = [os.path.join(folder, FACTS) for folder in sys.path]
    file = next((each for each in files if os.path.isfile(each)), None)
    if file is None or any(isinstance(each, Finder) for each in sys.meta_path):
        return
    with open(file, encoding="utf-8") as opened:
        facts = json.load(opened)
    places = Places(facts)
    sys.path[:] = list(dict.fromkeys(places.moved(each) for each in sys.path))
    if sys.prefix == facts["prefix"]:
        _complete(sys.path, [each for each in facts["path"] if each], places)
    sys.path += [each for each in facts["last"] if each not in sys.path]
    for hook, module in list(hooks()):
        _calm(hook)
        for each in state(hook, module):
            places.move(each)
    sys.path_importer_cache.clear()
    sys.meta_path.insert(0, Finder(places, facts["targets"]))
