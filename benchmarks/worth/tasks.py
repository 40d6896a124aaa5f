"""Ten small tasks, each with answers of known worth; see ``../trust.py``.

Each has the text of ``utility.py`` and programs: ``seed`` (where the search starts), ``better``
(truly), ``worse``, ``wrong`` (invalid on some inputs) and ``lucky`` (as good as the seed in the
mean, better or worse by chance on each instance).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Made:
    """A task and its answers."""

    utility: str
    seed: str
    better: str
    worse: str
    wrong: str
    lucky: str


TASKS = {
    "knapsack": Made(
        utility='''
"""Choose things for a bag: `solve(weights, values, capacity)` returns their indices."""


def make_instance(rng):
    n = 24
    weights, values = rng.uniform(1, 9, n), rng.uniform(1, 9, n)
    return (weights.tolist(), values.tolist(), float(weights.sum() / 3)), None


def score(inputs, key, output):
    weights, values, capacity = inputs
    chosen = set(output)
    if sum(weights[i] for i in chosen) > capacity + 1e-9:
        raise ValueError("too heavy")
    return sum(values[i] for i in chosen) / sum(values)
''',
        seed="""
def solve(weights, values, capacity):
    return take(range(len(weights)), weights, capacity)


def take(order, weights, capacity):
    chosen = []
    for i in order:
        if weights[i] <= capacity:
            chosen.append(i)
            capacity -= weights[i]
    return chosen
""",
        better="""
def solve(weights, values, capacity):
    order = sorted(range(len(weights)), key=lambda i: -values[i] / weights[i])
    return take(order, weights, capacity)
""",
        worse="""
def solve(weights, values, capacity):
    order = sorted(range(len(weights)), key=lambda i: -weights[i])
    return take(order, weights, capacity)
""",
        wrong="""
def solve(weights, values, capacity):
    order = sorted(range(len(weights)), key=lambda i: -values[i] / weights[i])
    return take(order, weights, capacity * (1.2 if weights[0] > 5 else 1))
""",
        lucky="""
import random


def solve(weights, values, capacity):
    order = list(range(len(weights)))
    random.Random(str(values)).shuffle(order)
    return take(order, weights, capacity)
""",
    ),
    "bins": Made(
        utility='''
"""Pack sizes into bins of 1: `solve(sizes)` returns the bin of each."""


def make_instance(rng):
    return (rng.uniform(0.05, 0.7, 40).tolist(),), None


def score(inputs, key, output):
    load = {}
    for size, bin in zip(inputs[0], output, strict=True):
        load[bin] = load.get(bin, 0) + size
    if max(load.values()) > 1 + 1e-9:
        raise ValueError("a bin is too full")
    return sum(inputs[0]) / len(load)
''',
        seed="""
def solve(sizes):
    return pack(sizes, range(len(sizes)))


def pack(sizes, order):
    found, free = [0] * len(sizes), [1.0]
    for i in order:
        if sizes[i] > free[-1]:
            free.append(1.0)
        free[-1] -= sizes[i]
        found[i] = len(free) - 1
    return found
""",
        better="""
def solve(sizes):
    found, free = [0] * len(sizes), []
    for i in sorted(range(len(sizes)), key=lambda i: -sizes[i]):
        fits = [bin for bin, left in enumerate(free) if left >= sizes[i]]
        if not fits:
            free.append(1.0)
        found[i] = fits[0] if fits else len(free) - 1
        free[found[i]] -= sizes[i]
    return found
""",
        worse="""
def solve(sizes):
    return list(range(len(sizes)))
""",
        wrong="""
def solve(sizes):
    return [int(sum(sizes[:i])) for i in range(len(sizes))]
""",
        lucky="""
import random


def solve(sizes):
    order = list(range(len(sizes)))
    random.Random(str(sizes)).shuffle(order)
    return pack(sizes, order)
""",
    ),
    "makespan": Made(
        utility='''
"""Share jobs among 5 machines: `solve(jobs)` returns the machine of each, 0 to 4."""


def make_instance(rng):
    return (rng.exponential(1, 30).tolist(),), None


def score(inputs, key, output):
    load = [0.0] * 5
    for job, machine in zip(inputs[0], output, strict=True):
        load[machine] += job
    return sum(inputs[0]) / 5 / max(load)
''',
        seed="""
def solve(jobs):
    return [i % 5 for i in range(len(jobs))]
""",
        better="""
def solve(jobs):
    load, found = [0.0] * 5, [0] * len(jobs)
    for i in sorted(range(len(jobs)), key=lambda i: -jobs[i]):
        found[i] = load.index(min(load))
        load[found[i]] += jobs[i]
    return found
""",
        worse="""
def solve(jobs):
    return [i % 4 for i in range(len(jobs))]
""",
        wrong="""
def solve(jobs):
    return [i % 5 if jobs[0] < 1.2 else 5 for i in range(len(jobs))]
""",
        lucky="""
import random


def solve(jobs):
    order = list(range(len(jobs)))
    random.Random(str(jobs)).shuffle(order)
    return [each % 5 for each in order]
""",
    ),
    "tour": Made(
        utility='''
"""Visit 20 points on a round trip: `solve(points)` returns their order."""

from math import dist


def make_instance(rng):
    return (rng.uniform(0, 1, (20, 2)).tolist(),), None


def score(inputs, key, output):
    points = inputs[0]
    if sorted(output) != list(range(len(points))):
        raise ValueError("not every point once")
    length = sum(dist(points[a], points[b]) for a, b in zip(output, [*output[1:], output[0]]))
    return 3 / length
''',
        seed="""
def solve(points):
    return list(range(len(points)))
""",
        better="""
def solve(points):
    left, tour = set(range(1, len(points))), [0]
    while left:
        x, y = points[tour[-1]]
        tour.append(min(left, key=lambda i: (points[i][0] - x) ** 2 + (points[i][1] - y) ** 2))
        left.remove(tour[-1])
    return tour
""",
        worse="""
def solve(points):
    order = sorted(range(len(points)))
    half = len(order) // 2
    order = sorted(order, key=lambda i: points[i][0])
    return [i for pair in zip(order[:half], reversed(order[half:])) for i in pair]
""",
        wrong="""
def solve(points):
    order = sorted(range(len(points)), key=lambda i: points[i][0])
    return order if points[0][0] < 0.6 else order[:-1]
""",
        lucky="""
import random


def solve(points):
    order = list(range(len(points)))
    random.Random(str(points)).shuffle(order)
    return order
""",
    ),
    "centre": Made(
        utility='''
"""Find the centre of 15 values, some of them far off: `solve(values)` returns a number."""


def make_instance(rng):
    centre = float(rng.uniform(-5, 5))
    values = centre + rng.normal(0, 1, 15)
    values[rng.random(15) < 0.2] += rng.exponential(8)
    return (values.tolist(),), centre


def score(inputs, key, output):
    return 1 / (1 + abs(output - key))
''',
        seed="""
def solve(values):
    return sum(values) / len(values)
""",
        better="""
def solve(values):
    return sorted(values)[len(values) // 2]
""",
        worse="""
def solve(values):
    return max(values)
""",
        wrong="""
def solve(values):
    return sorted(values)[len(values) // 2] if values[0] < 3 else "high"
""",
        lucky="""
def solve(values):
    sign = 1 if int(values[0] * 1000) % 2 else -1
    return sum(values) / len(values) + sign * 0.01
""",
    ),
    "intervals": Made(
        utility='''
"""Choose meetings that do not overlap: `solve(meetings)` returns indices of (start, end)."""


def make_instance(rng):
    start = rng.uniform(0, 10, 25)
    return (np_pairs(start, start + rng.exponential(1.5, 25)),), None


def np_pairs(start, end):
    return [[float(a), float(b)] for a, b in zip(start, end)]


def score(inputs, key, output):
    chosen = sorted(inputs[0][i] for i in set(output))
    if any(one[1] > other[0] for one, other in zip(chosen, chosen[1:])):
        raise ValueError("two overlap")
    return len(chosen) / 12
''',
        seed="""
def solve(meetings):
    return fill(meetings, sorted(range(len(meetings)), key=lambda i: meetings[i][0]))


def fill(meetings, order):
    chosen = []
    for i in order:
        a, b = meetings[i]
        if all(b <= meetings[j][0] or meetings[j][1] <= a for j in chosen):
            chosen.append(i)
    return chosen
""",
        better="""
def solve(meetings):
    return fill(meetings, sorted(range(len(meetings)), key=lambda i: meetings[i][1]))
""",
        worse="""
def solve(meetings):
    return fill(meetings, sorted(range(len(meetings)), key=lambda i: -meetings[i][1]))[:4]
""",
        wrong="""
def solve(meetings):
    return [i for i, (a, b) in enumerate(meetings) if b - a < 0.4]
""",
        lucky="""
def solve(meetings):
    chosen = fill(meetings, sorted(range(len(meetings)), key=lambda i: meetings[i][0]))
    return list(reversed(chosen))
""",
    ),
    "seats": Made(
        utility='''
"""Share 20 seats by votes: `solve(votes)` returns the seats of each of 6 parties."""


def make_instance(rng):
    return (rng.dirichlet([1.0] * 6).tolist(),), None


def score(inputs, key, output):
    if sum(output) != 20 or min(output) < 0:
        raise ValueError("not 20 seats")
    return 1 - sum(abs(20 * share - seats) for share, seats in zip(inputs[0], output)) / 20
''',
        seed="""
def solve(votes):
    seats = [int(20 * share) for share in votes]
    seats[0] += 20 - sum(seats)
    return seats
""",
        better="""
def solve(votes):
    seats = [int(20 * share) for share in votes]
    rest = sorted(range(len(votes)), key=lambda i: -(20 * votes[i] % 1))
    for i in rest[: 20 - sum(seats)]:
        seats[i] += 1
    return seats
""",
        worse="""
def solve(votes):
    return [20, 0, 0, 0, 0, 0]
""",
        wrong="""
def solve(votes):
    return [round(20 * share) for share in votes]
""",
        lucky="""
def solve(votes):
    seats = [int(20 * share) for share in votes]
    seats[int(votes[0] * 1e6) % 6] += 20 - sum(seats)
    return seats
""",
    ),
    "forecast": Made(
        utility='''
"""Say the next value of a series of 12: `solve(series)` returns a number."""


def make_instance(rng):
    slope = float(rng.normal(0, 1))
    values = slope * np.arange(13) + rng.normal(0, 0.7, 13)
    return (values[:12].tolist(),), float(values[12])


def score(inputs, key, output):
    return 1 / (1 + abs(output - key))


import numpy as np
''',
        seed="""
def solve(series):
    return series[-1]
""",
        better="""
def solve(series):
    return series[-1] + (series[-1] - series[0]) / 11
""",
        worse="""
def solve(series):
    return series[0]
""",
        wrong="""
def solve(series):
    return series[-1] if series[-1] > -6 else None
""",
        lucky="""
def solve(series):
    return series[-1] + (0.02 if int(series[0] * 1000) % 2 else -0.02)
""",
    ),
    "colours": Made(
        utility='''
"""Colour 16 nodes so that no edge joins two of one colour: `solve(edges)` returns colours."""


def make_instance(rng):
    edges = [[a, b] for a in range(16) for b in range(a) if rng.random() < 0.4]
    return (edges,), None


def score(inputs, key, output):
    if any(output[a] == output[b] for a, b in inputs[0]):
        raise ValueError("an edge joins two of one colour")
    return 3 / len(set(output))
''',
        seed="""
def solve(edges):
    return colour(edges, range(16))


def colour(edges, order):
    near = {i: set() for i in range(16)}
    for a, b in edges:
        near[a].add(b)
        near[b].add(a)
    found = {}
    for i in order:
        used = {found.get(j) for j in near[i]}
        found[i] = next(c for c in range(16) if c not in used)
    return [found[i] for i in range(16)]
""",
        better="""
def solve(edges):
    count = [sum(i in edge for edge in edges) for i in range(16)]
    return colour(edges, sorted(range(16), key=lambda i: -count[i]))
""",
        worse="""
def solve(edges):
    return list(range(16))
""",
        wrong="""
def solve(edges):
    return [i % 6 for i in range(16)]
""",
        lucky="""
import random


def solve(edges):
    order = list(range(16))
    random.Random(str(edges)).shuffle(order)
    return colour(edges, order)
""",
    ),
    "pairs": Made(
        utility='''
"""Pair 16 points so that partners are near: `solve(points)` returns 8 pairs of indices."""

from math import dist


def make_instance(rng):
    return (rng.uniform(0, 1, (16, 2)).tolist(),), None


def score(inputs, key, output):
    if sorted(i for pair in output for i in pair) != list(range(16)):
        raise ValueError("not every point once")
    return 1 / (1 + sum(dist(inputs[0][a], inputs[0][b]) for a, b in output))
''',
        seed="""
def solve(points):
    order = sorted(range(16), key=lambda i: points[i][0])
    return list(zip(order[::2], order[1::2]))
""",
        better="""
def solve(points):
    left, found = set(range(16)), []
    near = sorted(
        ((points[a][0] - points[b][0]) ** 2 + (points[a][1] - points[b][1]) ** 2, a, b)
        for a in range(16)
        for b in range(a)
    )
    for _, a, b in near:
        if a in left and b in left:
            found.append((a, b))
            left -= {a, b}
    return found
""",
        worse="""
def solve(points):
    order = sorted(range(16), key=lambda i: points[i][0])
    return list(zip(order[:8], reversed(order[8:])))
""",
        wrong="""
def solve(points):
    return [(i, min(set(range(16)) - {i}, key=lambda j: abs(points[i][0] - points[j][0])))
            for i in range(0, 16, 2)]
""",
        lucky="""
def solve(points):
    order = sorted(range(16), key=lambda i: points[i][1])
    return list(zip(order[::2], order[1::2]))
""",
    ),
}
