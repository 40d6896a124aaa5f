"""Runs tests as an ordinary user, where this process is root's.

PYTHONPATH=tests python -m patching.commands.as_user PYTEST_ARGUMENT...
"""

from __future__ import annotations

import sys

import pytest

from sandbox.attacks.ordinary_user import become_ordinary_user

if __name__ == "__main__":
    become_ordinary_user()
    sys.exit(pytest.main([*sys.argv[1:], "-p", "no:cacheprovider"]))
