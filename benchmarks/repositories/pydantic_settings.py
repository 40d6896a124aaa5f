"""Prints the steps of Python that a fixed amount of work takes; SELFTAUGHT_SEED varies it."""

import os
import random
import sys

from pydantic_settings.sources.utils import parse_env_vars

rng = random.Random(int(os.environ.get("SELFTAUGHT_SEED", "0")))
variables = {f"NAME_{n}": rng.choice(["", "x", "null"]) for n in range(rng.randint(30, 90))}
steps = []


def count(frame, event, argument):
    """Count what happens in a frame."""
    steps.append(event)
    return count


sys.settrace(count)
parse_env_vars(variables)
parse_env_vars(variables, True, True, "null")
sys.settrace(None)
print("steps:", len(steps))
