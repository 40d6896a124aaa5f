import math
import random

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    role, temp = "Computational physicist", 0.3
    state = record = initial_solution
    for _ in range(3):
        answers = language_model.prompt(
            role, f"Variation on a program:\n```python\n{state}\n```\n{utility.str}", n_responses=4
        )
        for code in extract_code(answers):
            if not code:
                continue
            gap = utility(code) - utility(state)
            if gap >= 0:
                state = code
            elif random.random() < math.exp(gap / temp):
                state = code
                temp *= 0.6
            if utility(code) > utility(record):
                record = code
    both = f"First:\n```python\n{record}\n```\nSecond:\n```python\n{state}\n```\nMake one program of both."
    last = extract_code(language_model.prompt(role, both)[0])
    return last if last and utility(last) > utility(record) else record
