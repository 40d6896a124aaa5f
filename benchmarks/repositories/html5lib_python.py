"""Prints the steps of Python that a fixed amount of work takes; SELFTAUGHT_SEED varies it."""

import os
import random
import sys

from html5lib import parseFragment

rng = random.Random(int(os.environ.get("SELFTAUGHT_SEED", "0")))
text = "".join(f"&#{rng.randint(1_000, 9_999_999):08};" for _ in range(rng.randint(20, 40)))
parseFragment("&#65;")  # what is imported and made once is no part of the work
steps = []


def count(frame, event, argument):
    """Count what happens in a frame."""
    steps.append(event)
    return count


sys.settrace(count)
parseFragment(text)
sys.settrace(None)
print("steps:", len(steps))
