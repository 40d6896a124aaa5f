"""Prints the steps of Python that a fixed amount of work takes; SELFTAUGHT_SEED varies it."""

import os
import random
import sys

import numpy as np
from contourpy.array import offsets_from_lengths

rng = random.Random(int(os.environ.get("SELFTAUGHT_SEED", "0")))
lines = [np.zeros((rng.randint(2, 9), 2)) for _ in range(rng.randint(50, 150))]
steps = []


def count(frame, event, argument):
    """Count what happens in a frame."""
    steps.append(event)
    return count


sys.settrace(count)
offsets_from_lengths(lines)
sys.settrace(None)
print("steps:", len(steps))
