"""Prints how many steps of Python a fixed amount of work takes; SELFTAUGHT_SEED varies the inputs."""

import os
import random
import sys

from html5lib import parseFragment

rng = random.Random(int(os.environ.get("SELFTAUGHT_SEED", "0")))
text = "".join(f"&#{rng.randint(1_000, 9_999_999):08};" for _ in range(rng.randint(20, 40)))
steps = 0


def count(frame, event, argument):
    """Count what happens in a frame."""
    global steps
    steps += 1
    return count


sys.settrace(count)
parseFragment(text)
sys.settrace(None)
print("steps:", steps)
