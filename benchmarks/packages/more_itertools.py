"""Totients of 300 numbers below a million."""

import random

from more_itertools.recipes import totient

_draw = random.Random(0)
NUMBERS = [_draw.randrange(1, 1_000_000) for _ in range(300)]


def run():
    for number in NUMBERS:
        totient(number)
