import random

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    """Greedy best-of-n with memory."""
    known = {initial_solution: utility(initial_solution)}
    current, patience = initial_solution, 0.6
    while language_model.budget > 0:
        replies = language_model.prompt(
            "Programmer",
            f"Vary this program with care:\n```python\n{current}\n```\n{utility.str}",
            n_responses=3,
            temperature=random.choice((0.3, 0.6, 0.9)),
        )
        for code in extract_code(replies):
            if code is None:
                continue
            score = known[code] if code in known else utility(code)
            known[code] = score
            if score > known[current] or random.random() < patience:
                current = code
        patience *= patience
    return max(known, key=known.get)
