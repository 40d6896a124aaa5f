"""Strategies in the idioms that their authors use, and programs that only look like them."""

from __future__ import annotations

import pytest

from analysis.strategies.idioms_shape import SHAPES
from analysis.strategies.idioms_spending import SPENDING
from analysis.strategies.idioms_words import NEGATIVE, WORDS
from selftaught.analysis.strategies.detect import detect

HEAD = """
import ast, asyncio, functools, hashlib, heapq, io, itertools, math, random, re, threading, tokenize
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
import numpy as np
from helpers import extract_code
"""
IDIOMS = SHAPES | SPENDING | WORDS | NEGATIVE


@pytest.mark.parametrize("title", IDIOMS)
def test_an_idiom(title: str) -> None:
    strategies, body = IDIOMS[title]
    assert {found.name for found in detect(HEAD + body)} == strategies
