import random

from helpers import extract_code

SUFFIXES = ["Speed counts.", "Quality counts.", "Robustness counts."]


def improve_algorithm(initial_solution, utility, language_model):
    cache = {}

    def ask(message):
        if message not in cache:
            cache[message] = language_model.prompt("Coder", message, n_responses=5, temperature=0.8)
        return cache[message]

    top, top_score = initial_solution, utility(initial_solution)
    for _ in range(2):
        for suffix in random.sample(SUFFIXES, 2):
            replies = ask(f"```python\n{top}\n```\nImprove it. {suffix}\n{utility.str}")
            for code in extract_code(replies):
                if code and utility(code) > top_score:
                    top, top_score = code, utility(code)
    return top
