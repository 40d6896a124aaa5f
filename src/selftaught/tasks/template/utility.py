"""Fill a bag: which things to take, so that they fit and are worth the most together.

`solve(weights, values, capacity)` gets two lists of 60 numbers and what the bag can carry,
and returns a list of the indices (from 0) of the things to take, each at most once; their
weights may not add up to more than the capacity. The score is the value of the load, as a
share of a bound that no load can pass. A call may take 0.5 seconds.

(A longer scorer may be split: modules beside this file can be imported, and are shown as well.
This text and the code below are what the model is shown. Say here what a program gets and
what it has to return; a file description.md beside this one would be shown instead.)
"""

THINGS = 60


def make_instance(rng):
    """Draw one instance from `rng`, a numpy.random.Generator, and from nothing else.

    Returns the program's arguments, as a tuple, and what score() needs to know besides
    (here nothing), which the program never sees.
    """
    weights = rng.uniform(1, 10, size=THINGS)
    values = weights * rng.uniform(0.5, 1.5, size=THINGS)
    capacity = 0.3 * weights.sum()
    return (weights.tolist(), values.tolist(), float(capacity)), None


def score(inputs, key, output):
    """Return the score of what the program returned, or raise ValueError if it is no answer.

    Take nothing for granted about `output`: it may be anything. A text beside the number is
    feedback that an improver may show to the model.
    """
    weights, values, capacity = inputs
    if not isinstance(output, list) or not all(type(thing) is int for thing in output):
        raise ValueError("expected a list of whole numbers")
    if len(set(output)) < len(output) or not set(output) <= set(range(THINGS)):
        raise ValueError(f"expected different indices from 0 to {THINGS - 1}")
    weight = sum(weights[thing] for thing in output)
    if weight > capacity:
        raise ValueError(f"the load weighs {weight:.2f}; the bag carries {capacity:.2f}")
    value = sum(values[thing] for thing in output)
    return value / bound(weights, values, capacity), f"{len(output)} things weigh {weight:.2f}"


def bound(weights, values, capacity):
    """The value of the best load if things could be cut: no whole load is worth more."""
    worth = 0.0
    for value, weight in sorted(
        zip(values, weights, strict=True), key=lambda pair: pair[0] / pair[1], reverse=True
    ):
        share = min(1.0, capacity / weight)
        worth += share * value
        capacity -= share * weight
    return worth
