"""Five functions of a repository, each with answers of known worth; see ``../trust.py``.

``check`` is a weak test of ``slow``. ``workload`` makes the arguments of one call from a
``random.Random``; the score is the number of traced steps, less is better. Answers: ``fast``
(right), ``unequal`` (fast, and wrong on inputs that the check does not have), ``little`` (right,
and a step or two less), ``slower``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Function:
    """A function and its answers."""

    slow: str
    check: str
    workload: str
    fast: str
    unequal: str
    little: str
    slower: str

    @property
    def name(self) -> str:
        """The function's name."""
        return self.slow.strip().partition("def ")[2].partition("(")[0]


FUNCTIONS = (
    Function(
        slow='''
def distinct(words: list[str]) -> int:
    """Return how many different words there are."""
    found: list[str] = []
    count = 0
    for word in words:
        known = False
        for other in found:
            if other == word:
                known = True
        if not known:
            found.append(word)
            count += 1
    return count
''',
        check="assert distinct(['a', 'b', 'a']) == 2\nassert distinct([]) == 0",
        workload="[rng.choice('abcdefghijklmn') for _ in range(rng.randint(40, 90))]",
        fast='''
def distinct(words: list[str]) -> int:
    """Return how many different words there are."""
    return len(set(words))
''',
        unequal='''
def distinct(words: list[str]) -> int:
    """Return how many different words there are."""
    return len(set(words[:50]))
''',
        little='''
def distinct(words: list[str]) -> int:
    """Return how many different words there are."""
    found: list[str] = []
    for word in words:
        known = False
        for other in found:
            if other == word:
                known = True
        if not known:
            found.append(word)
    return len(found)
''',
        slower='''
def distinct(words: list[str]) -> int:
    """Return how many different words there are."""
    count = 0
    for place, word in enumerate(words):
        known = False
        for other in words[:place]:
            if other == word:
                known = True
        if not known:
            count += 1
    return count
''',
    ),
    Function(
        slow='''
def merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans with those that touch or overlap made one, in order."""
    found: list[tuple[int, int]] = []
    for span in sorted(spans):
        low, high = span
        kept = []
        for a, b in found:
            if b < low or high < a:
                kept.append((a, b))
            else:
                low, high = min(a, low), max(b, high)
        found = kept + [(low, high)]
    return found
''',
        check="assert merged([(1, 2), (2, 3)]) == [(1, 3)]\nassert merged([]) == []",
        workload="[(a, a + rng.randint(0, 3)) for a in rng.sample(range(400), 40)]",
        fast='''
def merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans with those that touch or overlap made one, in order."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(spans):
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return found
''',
        unequal='''
def merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans with those that touch or overlap made one, in order."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(spans):
        if found and low <= found[-1][1] + 2:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return found
''',
        little='''
def merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans with those that touch or overlap made one, in order."""
    found: list[tuple[int, int]] = []
    spans = sorted(spans)
    if not spans:
        return found
    found = [spans[0]]
    for span in spans[1:]:
        low, high = span
        kept = []
        for a, b in found:
            if b < low or high < a:
                kept.append((a, b))
            else:
                low, high = min(a, low), max(b, high)
        found = kept + [(low, high)]
    return found
''',
        slower='''
def merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans with those that touch or overlap made one, in order."""
    found: list[tuple[int, int]] = []
    for span in sorted(spans):
        low, high = span
        for _ in range(2):
            kept = []
            for a, b in found:
                if b < low or high < a:
                    kept.append((a, b))
                else:
                    low, high = min(a, low), max(b, high)
            found = kept
        found = found + [(low, high)]
    return found
''',
    ),
    Function(
        slow='''
def running(values: list[int]) -> list[int]:
    """Return the largest value so far at each place."""
    found = []
    for end in range(1, len(values) + 1):
        best = values[0]
        for value in values[:end]:
            if value > best:
                best = value
        found.append(best)
    return found
''',
        check="assert running([1, 3, 2]) == [1, 3, 3]\nassert running([]) == []",
        workload="[rng.randint(-9, 99) for _ in range(rng.randint(30, 60))]",
        fast='''
def running(values: list[int]) -> list[int]:
    """Return the largest value so far at each place."""
    found: list[int] = []
    for value in values:
        found.append(value if not found or value > found[-1] else found[-1])
    return found
''',
        unequal='''
def running(values: list[int]) -> list[int]:
    """Return the largest value so far at each place."""
    found: list[int] = []
    best = 0
    for value in values:
        best = max(best, value)
        found.append(best)
    return found
''',
        little='''
def running(values: list[int]) -> list[int]:
    """Return the largest value so far at each place."""
    found = values[:1]
    for end in range(2, len(values) + 1):
        best = values[0]
        for value in values[:end]:
            if value > best:
                best = value
        found.append(best)
    return found
''',
        slower='''
def running(values: list[int]) -> list[int]:
    """Return the largest value so far at each place."""
    found = []
    for end in range(1, len(values) + 1):
        best = values[0]
        for value in values[:end]:
            larger = value > best
            if larger:
                best = value
        found.append(best)
    return found
''',
    ),
    Function(
        slow='''
def lines(text: str, width: int) -> list[str]:
    """Return the words of a text in lines of at most so many characters, filled greedily."""
    found: list[str] = []
    line = ""
    for word in text.split():
        candidate = ""
        for part in [*line.split(), word]:
            if candidate:
                candidate += " "
            candidate += part
        if line and len(candidate) > width:
            found.append(line)
            line = word
        else:
            line = candidate
    if line:
        found.append(line)
    return found
''',
        check="assert lines('a b c', 3) == ['a b', 'c']\nassert lines('', 5) == []",
        workload="(' '.join('x' * rng.randint(1, 6) for _ in range(60)), 40)",
        fast='''
def lines(text: str, width: int) -> list[str]:
    """Return the words of a text in lines of at most so many characters, filled greedily."""
    found: list[str] = []
    for word in text.split():
        if found and len(found[-1]) + 1 + len(word) <= width:
            found[-1] += " " + word
        else:
            found.append(word)
    return found
''',
        unequal='''
def lines(text: str, width: int) -> list[str]:
    """Return the words of a text in lines of at most so many characters, filled greedily."""
    found: list[str] = []
    for word in text.split():
        if found and len(found[-1]) + len(word) < width - (width > 10):
            found[-1] += " " + word
        else:
            found.append(word)
    return found
''',
        little='''
def lines(text: str, width: int) -> list[str]:
    """Return the words of a text in lines of at most so many characters, filled greedily."""
    found: list[str] = []
    line = ""
    for word in text.split():
        candidate = ""
        for part in [*line.split(), word]:
            if candidate:
                candidate += " "
            candidate += part
        if line and len(candidate) > width:
            found.append(line)
            line = word
        else:
            line = candidate
    return [*found, line] if line else found
''',
        slower='''
def lines(text: str, width: int) -> list[str]:
    """Return the words of a text in lines of at most so many characters, filled greedily."""
    found: list[str] = []
    line = ""
    for word in text.split():
        candidate = ""
        for part in [*line.split(), word]:
            for letter in part:
                candidate += letter
            candidate += " "
        candidate = candidate[:-1]
        if line and len(candidate) > width:
            found.append(line)
            line = word
        else:
            line = candidate
    if line:
        found.append(line)
    return found
''',
    ),
    Function(
        slow='''
def nearest(values: list[float], wanted: float) -> int:
    """Return the first index of the value that is nearest."""
    order = []
    for place in range(len(values)):
        order.append((abs(values[place] - wanted), place))
    for _ in range(3):
        for place in range(len(order) - 1):
            if order[place + 1] < order[place]:
                order[place], order[place + 1] = order[place + 1], order[place]
    best = order[0]
    for each in order:
        if each < best:
            best = each
    return best[1]
''',
        check="assert nearest([1.0, 5.0], 4.0) == 1\nassert nearest([2.0], 9.0) == 0",
        workload="([float(rng.randint(0, 50)) for _ in range(40)], float(rng.randint(0, 50)))",
        fast='''
def nearest(values: list[float], wanted: float) -> int:
    """Return the first index of the value that is nearest."""
    best = 0
    for place, value in enumerate(values):
        if abs(value - wanted) < abs(values[best] - wanted):
            best = place
    return best
''',
        unequal='''
def nearest(values: list[float], wanted: float) -> int:
    """Return the first index of the value that is nearest."""
    best = 0
    for place, value in enumerate(values):
        if abs(value - wanted) <= abs(values[best] - wanted):
            best = place
    return best
''',
        little='''
def nearest(values: list[float], wanted: float) -> int:
    """Return the first index of the value that is nearest."""
    order = []
    for place in range(len(values)):
        order.append((abs(values[place] - wanted), place))
    for _ in range(3):
        for place in range(len(order) - 1):
            if order[place + 1] < order[place]:
                order[place], order[place + 1] = order[place + 1], order[place]
    best = order[0]
    for each in order[1:]:
        if each < best:
            best = each
    return best[1]
''',
        slower='''
def nearest(values: list[float], wanted: float) -> int:
    """Return the first index of the value that is nearest."""
    order = []
    for place in range(len(values)):
        order.append((abs(values[place] - wanted), place))
    for _ in range(len(order)):
        for place in range(len(order) - 1):
            if order[place + 1] < order[place]:
                order[place], order[place + 1] = order[place + 1], order[place]
    return order[0][1]
''',
    ),
)
