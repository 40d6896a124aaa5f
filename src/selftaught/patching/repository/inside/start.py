"""What our ``sitecustomize`` does in every Python that a command starts."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import sys

from . import modules, recorder

_PACKAGE = __name__.partition(".")[0]


def start(file: str) -> None:
    """Look into the copy, record where a job says so, and run the user's own ``sitecustomize``.

    Args:
        file: our ``sitecustomize``, which hides the user's.
    """
    modules.start()
    recorder.start()
    folders = [each for each in sys.path if not os.path.isdir(os.path.join(each, _PACKAGE))]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", folders)
    if spec is not None and spec.loader is not None and spec.origin != file:
        module = importlib.util.module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)
