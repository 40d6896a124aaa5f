"""Runs on a task that is quick to score, as the tests of `runs` have them."""

from runs.conftest import here, place, server

__all__ = ["here", "place", "server"]
