"""Prints the steps of Python that a fixed amount of work takes; SELFTAUGHT_SEED varies it."""

import os
import random
import sys

from opentelemetry.sdk.metrics._internal.exponential_histogram.buckets import Buckets

rng = random.Random(int(os.environ.get("SELFTAUGHT_SEED", "0")))
buckets = Buckets()
buckets.grow(160, 160)
buckets.index_start = buckets.index_base = rng.randint(-40, 40)
buckets.index_end = buckets.index_start + rng.randint(100, 159)
for place in range(len(buckets.counts)):
    buckets.increment_bucket(place, rng.randint(0, 9))
steps = []


def count(frame, event, argument):
    """Count what happens in a frame."""
    steps.append(event)
    return count


sys.settrace(count)
buckets.downscale(1)
buckets.downscale(2)
sys.settrace(None)
print("steps:", len(steps))
