"""Prints how many steps of Python a fixed amount of work takes; SELFTAUGHT_SEED varies the inputs."""

import os
import random
import sys

from pytest_randomly import reduce_list_of_lists

rng = random.Random(int(os.environ.get("SELFTAUGHT_SEED", "0")))
lists = [[1] * rng.randint(0, 5) for _ in range(rng.randint(50, 150))]
steps = 0


def count(frame, event, argument):
    """Count what happens in a frame."""
    global steps
    steps += 1
    return count


sys.settrace(count)
reduce_list_of_lists(lists)
sys.settrace(None)
print("steps:", steps)
