"""Prints the steps of Python that a fixed amount of work takes; SELFTAUGHT_SEED varies it."""

import os
import random
import sys

from tomlkit._utils import merge_dicts

rng = random.Random(int(os.environ.get("SELFTAUGHT_SEED", "0")))
first = {f"a{n}": {"x": n} for n in range(rng.randint(30, 90))}
second = {f"a{n}": {"y": n} for n in range(rng.randint(30, 90))}
steps = []


def count(frame, event, argument):
    """Count what happens in a frame."""
    steps.append(event)
    return count


sys.settrace(count)
merge_dicts(first, second)
sys.settrace(None)
print("steps:", len(steps))
