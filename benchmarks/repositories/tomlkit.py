"""Prints how many steps of Python a fixed amount of work takes; SELFTAUGHT_SEED varies the inputs."""

import os
import random
import sys

from tomlkit._utils import merge_dicts

rng = random.Random(int(os.environ.get("SELFTAUGHT_SEED", "0")))
first = {f"a{n}": {"x": n} for n in range(rng.randint(30, 90))}
second = {f"a{n}": {"y": n} for n in range(rng.randint(30, 90))}
steps = 0


def count(frame, event, argument):
    """Count what happens in a frame."""
    global steps
    steps += 1
    return count


sys.settrace(count)
merge_dicts(first, second)
sys.settrace(None)
print("steps:", steps)
