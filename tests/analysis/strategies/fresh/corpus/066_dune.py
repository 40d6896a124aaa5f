import math
import random
import re

from helpers import extract_code


def tweak(text):
    numbers = list(re.finditer(r"\b\d+\b", text))
    if not numbers:
        return text
    m = random.choice(numbers)
    return f"{text[:m.start()]}{max(0, int(m.group()) + random.choice([-2, -1, 1, 2]))}{text[m.end():]}"


def improve_algorithm(initial_solution, utility, language_model):
    question = f"Improve the program below.\n```python\n{initial_solution}\n```\n{utility.str}"
    answers = language_model.prompt("Engineer", question, n_responses=6)
    codes = [c for c in extract_code(answers) if c] + [initial_solution]
    best = current = max(codes, key=utility)
    temperature, alpha = 0.1, 0.85
    for _ in range(15):
        neighbour = tweak(current)
        gain = utility(neighbour) - utility(current)
        if gain > 0 or random.random() < math.exp(gain / temperature):
            current = neighbour
        best = max(best, current, key=utility)
        temperature *= alpha
    return best
