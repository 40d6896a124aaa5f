"""5,000 names of one to five words."""

import random

from inflection import camelize

_draw = random.Random(0)
WORDS = ("device", "type", "of", "name", "x", "http", "error", "count")
NAMES = ["_".join(_draw.choices(WORDS, k=_draw.randrange(1, 6))) for _ in range(5_000)]


def run():
    for name in NAMES:
        camelize(name)
