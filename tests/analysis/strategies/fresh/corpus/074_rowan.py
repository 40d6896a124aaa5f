import itertools
import math
import random

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    moves = itertools.cycle(("a small change", "a bold change", "a simplification"))
    now = initial_solution
    now_score = top_score = utility(now)
    top = now
    slack = 0.5
    while language_model.budget > 0 and slack > 0.01:
        try:
            reply = language_model.prompt(
                "Programmer", f"Make {next(moves)} to\n```python\n{now}\n```\n{utility.str}", n_responses=4
            )
        except RuntimeError:
            break
        code = max((c for c in extract_code(reply) if c), key=utility, default=None)
        slack *= 0.4
        if code is None:
            continue
        score = utility(code)
        loss = now_score - score
        if loss <= 0 or random.expovariate(1 / slack) > loss:
            now, now_score = code, score
        if score > top_score:
            top, top_score = code, score
    return top
