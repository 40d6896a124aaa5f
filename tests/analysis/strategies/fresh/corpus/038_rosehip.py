import re

from helpers import extract_code


def hide_numbers(text):
    return re.sub(r"\b\d+\b", "N", text)


def improve_algorithm(initial_solution, utility, language_model):
    listing = f"```python\n{initial_solution}\n```\nwith constants to be chosen at each N:\n{hide_numbers(utility.str)}"
    best, best_score = initial_solution, utility(initial_solution)
    for _sweep in range(2):
        replies = language_model.prompt(
            "You tune constants by local search.",
            f"Perform a character-level search over the constants in\n{listing}\nand return the best program.",
            n_responses=language_model.max_responses_per_call,
        )
        for reply in replies:
            code = extract_code(reply)
            if not code:
                continue
            score = utility(code)
            if score > best_score:
                best, best_score = code, score
    return best
