import math
import random

from helpers import extract_code


def anneal(start, steps, utility, language_model):
    here, value = start, utility(start)
    for k in range(steps):
        heat = 0.25 / (1 + k) ** 2
        reply = language_model.prompt(
            "Explorer", f"Vary:\n```python\n{here}\n```\n{utility.str}", n_responses=4
        )
        for code in extract_code(reply):
            if code is None:
                continue
            new = utility(code)
            yield new, code
            if new >= value or random.random() < math.exp((new - value) / heat):
                here, value = code, new


def improve_algorithm(initial_solution, utility, language_model):
    found = [(utility(initial_solution), initial_solution)]
    for _run in range(2):
        found.extend(anneal(initial_solution, 2, utility, language_model))
    return max(found)[1]
