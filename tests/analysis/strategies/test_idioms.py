"""Strategies in the idioms that their authors use, and programs that only look like them."""

from __future__ import annotations

import pytest

from analysis.strategies.idioms_negative import NEGATIVE
from analysis.strategies.idioms_population import POPULATIONS
from analysis.strategies.idioms_shape import SHAPES
from analysis.strategies.idioms_spending import SPENDING
from analysis.strategies.idioms_words import WORDS
from selftaught.analysis.strategies.detect import detect

HEAD = """
import ast, asyncio, functools, hashlib, heapq, io, itertools, math, random, re, threading, tokenize
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
import numpy as np
from helpers import extract_code
"""
IDIOMS = SHAPES | POPULATIONS | SPENDING | WORDS | NEGATIVE


HARD = {
    "restart from a fresh sample",
    "blocks split by blank lines",
    "functions kept in a dictionary",
    "a vote by count",
}
"""Idioms that are not read rightly yet; docs/strategy_detector.md names them."""


@pytest.mark.parametrize("title", sorted(IDIOMS.keys() - HARD))
def test_an_idiom(title: str) -> None:
    strategies, body = IDIOMS[title]
    assert {found.name for found in detect(HEAD + body)} == strategies


@pytest.mark.parametrize("title", sorted(HARD))
def test_an_idiom_that_is_read_in_part(title: str) -> None:
    strategies, body = IDIOMS[title]
    found = {found.name for found in detect(HEAD + body)}
    assert len(found ^ strategies) in {1, 2}
