"""Prints the steps of Python that a fixed amount of work takes; SELFTAUGHT_SEED varies it."""

import os
import random
import sys

from multidict._multidict_py import MultiDict

rng = random.Random(int(os.environ.get("SELFTAUGHT_SEED", "0")))
items = MultiDict([(f"k{n}", n) for n in range(rng.randint(30, 90))]).items()
steps = []


def count(frame, event, argument):
    """Count what happens in a frame."""
    steps.append(event)
    return count


sys.settrace(count)
repr(items)
sys.settrace(None)
print("steps:", len(steps))
