"""Defaults: which improver a command starts with where none is named."""

IMPROVERS = {"run": "seed", "improve": "greedy"}
"""``run`` starts from the paper's seed improver. ``improve`` takes the one that
scored highest of the library in ``benchmarks/compare.sh table``."""
