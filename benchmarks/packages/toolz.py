"""How often 500 words occur in 200 texts of 2,000 words."""

import random

from toolz.itertoolz import frequencies

_draw = random.Random(0)
TEXTS = [[f"w{_draw.randrange(500)}" for _ in range(2_000)] for _ in range(200)]


def run():
    for text in TEXTS:
        frequencies(text)
