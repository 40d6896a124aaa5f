import random

from helpers import extract_code

PERSONAS = ["You are an expert in combinatorial optimisation."]


def improve_algorithm(initial_solution, utility, language_model):
    seen, best, best_score = set(), initial_solution, utility(initial_solution)
    for restart in range(4):
        # restart from scratch with a new persona
        persona = random.choice(PERSONAS)
        answers = language_model.prompt(
            persona, f"Solve better:\n```python\n{initial_solution}\n```\n{utility.str}", n_responses=6
        )
        for code in extract_code(answers):
            if not code or code in seen:
                continue
            seen.add(code)
            score = utility(code)
            if score > best_score:
                best, best_score = code, score
    return best
