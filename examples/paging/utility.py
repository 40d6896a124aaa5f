"""Page replacement: a cache holds 8 pages; when a new page comes, one of them has to go.

`evict(time, page, cached)` gets the number of the request, the page that is asked for and the
list of cached pages, the one that came first in front. It returns the page to drop. It sees
only requests that miss. What it keeps in global variables lasts, also into the next trace,
whose time starts at 0 again. A trace has 300 requests: a few pages are asked for again and
again, and now and then a loop over many pages comes in between. The score is the share of
requests that hit.
"""

SLOTS = 8


def make_instance(rng):
    trace = []
    while len(trace) < 300:
        if rng.random() < 0.05:
            trace += range(100, 112)
        trace.append(int(min(rng.zipf(1.4), 30)))
    return (trace[:300],), None


def drive(inputs, call):
    cached, hits = [], 0
    for time, page in enumerate(inputs[0]):
        if page in cached:
            hits += 1
            continue
        if len(cached) == SLOTS:
            out = call(time, page, list(cached))
            if out not in cached:
                raise ValueError(f"{out!r} is not cached")
            cached.remove(out)
        cached.append(page)
    return hits


def score(inputs, key, output):
    return output / len(inputs[0])
