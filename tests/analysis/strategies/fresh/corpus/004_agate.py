import random

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    """Simulated annealing with language model proposals."""
    temperature = 0.1
    state, value = initial_solution, utility(initial_solution)
    best = (value, state)
    for _ in range(4):
        answers = language_model.prompt(
            "Annealer", f"Propose a neighbour.\n```python\n{state}\n```\n{utility.str}", n_responses=4
        )
        for code in extract_code(answers):
            if code:
                new = utility(code)
                best = max(best, (new, code))
                if new > value or random.random() < temperature:
                    state, value = code, new
    return best[1]
