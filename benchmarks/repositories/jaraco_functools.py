"""Prints the steps of Python that a fixed amount of work takes; SELFTAUGHT_SEED varies it."""

import os
import random
import sys

from jaraco.functools import assign_params

rng = random.Random(int(os.environ.get("SELFTAUGHT_SEED", "0")))
inputs = [dict(a=1, b=2, c=3) for _ in range(rng.randint(5, 15))]


def called(a, b, *, c=3):
    """Stand for a function of a user."""
    return a, b, c


steps = []


def count(frame, event, argument):
    """Count what happens in a frame."""
    steps.append(event)
    return count


sys.settrace(count)
for each in inputs:
    assign_params(called, each)
sys.settrace(None)
print("steps:", len(steps))
