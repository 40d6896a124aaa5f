import math
import random

from helpers import extract_code

TEMPLATES = [
    "Improve the following program.\n```python\n{code}\n```\nIt is scored by\n{goal}",
    "Goal:\n{goal}\n\nWrite a program that reaches the goal better than this one:\n```python\n{code}\n```",
]


def improve_algorithm(initial_solution, utility, language_model):
    weight = [1.0, 1.0]
    base = utility(initial_solution)
    results = [(base, initial_solution)]
    for _ in range(4):
        total = sum(weight)
        p = [0.8 * w / total + 0.1 for w in weight]
        i = 0 if random.random() < p[0] else 1
        ask = TEMPLATES[i].format(code=initial_solution, goal=utility.str)
        batch = [(utility(c), c) for c in extract_code(language_model.prompt("AI", ask, n_responses=5)) if c]
        reward = max(batch)[0] - base if batch else 0.0
        weight[i] *= math.exp(min(3.0, 0.5 * reward / p[i]))
        results += batch
    return max(results)[1]
