"""Prints the steps of Python that a fixed amount of work takes; SELFTAUGHT_SEED varies it."""

import os
import random
import sys

from itsdangerous.encoding import base64_encode

rng = random.Random(int(os.environ.get("SELFTAUGHT_SEED", "0")))
inputs = ["x" * rng.randint(1, 90) for _ in range(rng.randint(30, 60))]
steps = []


def count(frame, event, argument):
    """Count what happens in a frame."""
    steps.append(event)
    return count


sys.settrace(count)
for each in inputs:
    base64_encode(each)
sys.settrace(None)
print("steps:", len(steps))
