"""Names: under which runs on a repository are known to everything else."""

from __future__ import annotations

COMMAND = "patch"
"""The kind of a run on a repository; on the command line it is ``improve path.py::name``."""

DETAIL = "aim"
"""Where a run's details hold its aim."""

FILE = "improved.patch"
"""What a run writes beside the store."""
