import math
import random

from helpers import extract_code

SCHEDULE = (1.2, 0.8, 0.4, 0.1)


def improve_algorithm(initial_solution, utility, language_model):
    state = best = (utility(initial_solution), initial_solution)
    for heat in SCHEDULE:
        replies = language_model.prompt(
            "Algorithmist",
            f"Modify:\n```python\n{state[1]}\n```\nGoal:\n```python\n{utility.str}\n```",
            n_responses=5,
            temperature=heat,
        )
        options = [(utility(c), c) for c in extract_code(replies) if c]
        if not options:
            continue
        offer = random.choice(options)
        best = max([best] + options)
        delta = offer[0] - state[0]
        if delta > 0 or math.exp(delta / (heat * 0.1)) > random.random():
            state = offer
    return best[1]
