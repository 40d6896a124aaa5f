"""Prints the steps of Python that a fixed amount of work takes; SELFTAUGHT_SEED varies it."""

import os
import random
import sys

from boltons.iterutils import unique_iter

rng = random.Random(int(os.environ.get("SELFTAUGHT_SEED", "0")))
inputs = [rng.randrange(50) for _ in range(rng.randint(100, 300))]
steps = []


def count(frame, event, argument):
    """Count what happens in a frame."""
    steps.append(event)
    return count


sys.settrace(count)
list(unique_iter(inputs))
sys.settrace(None)
print("steps:", len(steps))
