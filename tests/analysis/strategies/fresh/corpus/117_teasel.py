import math

from helpers import extract_code

PERSONAS = ["a competitive programmer", "a professor of numerical methods"]


def improve_algorithm(initial_solution, utility, language_model):
    pulls, reward = [0] * 2, [0.0] * 2
    top, top_value = initial_solution, utility(initial_solution)
    for epoch in range(2):
        at, at_value = initial_solution, utility(initial_solution)
        for _ in range(2):
            total = sum(pulls) + 1
            k = max(
                range(2),
                key=lambda i: math.inf if not pulls[i] else reward[i] / pulls[i] + math.sqrt(math.log(total) / pulls[i]),
            )
            answers = language_model.prompt(
                f"You are {PERSONAS[k]}.", f"Improve\n```python\n{at}\n```\n{utility.str}", n_responses=4
            )
            pulls[k] += 1
            for code in filter(None, extract_code(answers)):
                v = utility(code)
                reward[k] += max(0.0, v - at_value) / 4
                if v > at_value:
                    at, at_value = code, v
        if at_value > top_value:
            top, top_value = at, at_value
    return top
