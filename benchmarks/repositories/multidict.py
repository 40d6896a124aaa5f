"""Prints how many steps of Python a fixed amount of work takes; SELFTAUGHT_SEED varies the inputs."""

import os
import random
import sys

from multidict._multidict_py import MultiDict

rng = random.Random(int(os.environ.get("SELFTAUGHT_SEED", "0")))
items = MultiDict([(f"k{n}", n) for n in range(rng.randint(30, 90))]).items()
steps = 0


def count(frame, event, argument):
    """Count what happens in a frame."""
    global steps
    steps += 1
    return count


sys.settrace(count)
repr(items)
sys.settrace(None)
print("steps:", steps)
