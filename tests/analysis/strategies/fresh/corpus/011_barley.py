import random

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    first = language_model.prompt(
        "Biologist", f"Mutate:\n```python\n{initial_solution}\n```\n{utility.str}", n_responses=6
    )
    population = [c for c in extract_code(first) if c]
    if not population:
        return initial_solution
    parent = random.choice(population)
    second = language_model.prompt("Biologist", f"Mutate:\n```python\n{parent}\n```\n{utility.str}", n_responses=6)
    population += [c for c in extract_code(second) if c]
    return max(population + [initial_solution], key=utility)
