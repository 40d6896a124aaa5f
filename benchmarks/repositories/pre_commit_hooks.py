"""Prints the steps of Python that a fixed amount of work takes; SELFTAUGHT_SEED varies it."""

import os
import random
import sys
import tempfile

from pre_commit_hooks.mixed_line_ending import fix_filename

rng = random.Random(int(os.environ.get("SELFTAUGHT_SEED", "0")))
ends = [rng.choice([b"\n", b"\r\n"]) for _ in range(rng.randint(50, 150))]
with tempfile.NamedTemporaryFile(delete=False) as file:
    file.write(b"".join(b"line" + end for end in ends))
steps = []


def count(frame, event, argument):
    """Count what happens in a frame."""
    steps.append(event)
    return count


sys.settrace(count)
fix_filename(file.name, "no")
sys.settrace(None)
print("steps:", len(steps))
