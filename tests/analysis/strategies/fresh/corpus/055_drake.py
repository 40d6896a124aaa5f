import math
import random

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    here, e_here = initial_solution, utility(initial_solution)
    best, e_best = here, e_here
    T = 0.2
    for _ in range(4):
        message = (
            f"Current program (score {e_here:.3f}, record {e_best:.3f}):\n"
            f"```python\n{here}\n```\nGive a neighbouring program.\n{utility.str}"
        )
        for text in language_model.prompt("Physicist", message, n_responses=4):
            there = extract_code(text)
            if there is None:
                continue
            e_there = utility(there)
            if e_there >= e_here or random.random() < math.exp((e_there - e_here) / T):
                here, e_here = there, e_there
            if e_there > e_best:
                best, e_best = there, e_there
        T *= 0.5
    return best
