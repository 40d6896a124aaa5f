"""Prints the steps of Python that a fixed amount of work takes; SELFTAUGHT_SEED varies it."""

import os
import random
import sys

from pytest_randomly import reduce_list_of_lists

rng = random.Random(int(os.environ.get("SELFTAUGHT_SEED", "0")))
lists = [[1] * rng.randint(0, 5) for _ in range(rng.randint(50, 150))]
steps = []


def count(frame, event, argument):
    """Count what happens in a frame."""
    steps.append(event)
    return count


sys.settrace(count)
reduce_list_of_lists(lists)
sys.settrace(None)
print("steps:", len(steps))
