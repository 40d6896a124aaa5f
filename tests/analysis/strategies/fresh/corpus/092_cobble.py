import random

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    arms = {0.2: [1, 1], 0.7: [1, 1], 1.1: [1, 1]}
    seed_score = utility(initial_solution)
    best, best_score = initial_solution, seed_score
    task = f"Improve the solution.\n```python\n{initial_solution}\n```\nScore:\n{utility.str}"
    for _ in range(4):
        t = max(arms, key=lambda a: random.betavariate(*arms[a]))
        for code in extract_code(language_model.prompt("Expert", task, n_responses=5, temperature=t)):
            if not code:
                arms[t][1] += 1
                continue
            score = utility(code)
            arms[t][0 if score > seed_score else 1] += 1
            if score > best_score:
                best, best_score = code, score
    return best
