"""Distances between 40 pairs of words of 20 to 60 letters."""

import random

from textdistance import Levenshtein

_draw = random.Random(0)


def _word():
    return "".join(_draw.choice("abcdef") for _ in range(_draw.randrange(20, 60)))


PAIRS = [(_word(), _word()) for _ in range(40)]


def run():
    distance = Levenshtein(external=False)
    for first, second in PAIRS:
        distance(first, second)
