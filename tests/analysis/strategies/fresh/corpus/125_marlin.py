import math
import random

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    current, current_value = initial_solution, utility(initial_solution)
    elite, elite_value = current, current_value
    T, rejected = 0.15, 0
    for _ in range(4):
        prompt = "Alter this code:\n```python\n" + current + "\n```\nto get more from:\n" + utility.str
        for answer in language_model.prompt("Coder", prompt, n_responses=3):
            code = extract_code(answer)
            if not code:
                continue
            value = utility(code)
            if value > elite_value:
                elite, elite_value = code, value
            if math.exp(min(0.0, value - current_value) / T) > random.random():
                current, current_value, rejected = code, value, 0
            else:
                rejected += 1
            T *= 0.8
        if rejected >= 2:
            current, current_value, rejected = elite, elite_value, 0
    return elite
