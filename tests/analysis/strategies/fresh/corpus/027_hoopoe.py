import math
import random
import re

from helpers import extract_code


def scale_number(text):
    spots = list(re.finditer(r"\b\d+\b", text))
    if not spots:
        return None
    m = random.choice(spots)
    return text[: m.start()] + str(int(int(m.group()) * random.choice((0.5, 2, 3)))) + text[m.end() :]


def flip_word(text):
    spots = list(re.finditer(r"\b(True|False|min|max)\b", text))
    if not spots:
        return None
    m = random.choice(spots)
    other = {"True": "False", "False": "True", "min": "max", "max": "min"}[m.group()]
    return text[: m.start()] + other + text[m.end() :]


def improve_algorithm(initial_solution, utility, language_model):
    replies = language_model.prompt(
        "Engineer", f"Improve:\n```python\n{initial_solution}\n```\n{utility.str}", n_responses=6
    )
    best = max([c for c in extract_code(replies) if c] + [initial_solution], key=utility)
    n, s = {scale_number: 0, flip_word: 0}, {scale_number: 0.0, flip_word: 0.0}
    for t in range(1, 16):
        kind = max(n, key=lambda k: s[k] / n[k] + math.sqrt(2 * math.log(t) / n[k]) if n[k] else math.inf)
        trial = kind(best)
        n[kind] += 1
        if trial is None:
            continue
        better = utility(trial) > utility(best)
        s[kind] += better
        best = trial if better else best
    return best
