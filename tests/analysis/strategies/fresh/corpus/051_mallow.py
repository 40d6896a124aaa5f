import random

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    def ask(text, n):
        replies = language_model.prompt("Software architect", text, n_responses=n)
        return [c for c in extract_code(replies) if c]

    openings = [(utility(initial_solution), initial_solution)]
    finished = []
    for _ in range(3):
        openings.sort(reverse=True)
        weights = [2.0**-i for i in range(len(openings))]
        node = random.choices(openings, weights)[0]
        openings.remove(node)
        finished.append(node)
        openings += [
            (utility(c), c) for c in ask(f"Better, please:\n```python\n{node[1]}\n```\n{utility.str}", 5)
        ]
        if not openings:
            break
    elite = sorted(openings + finished, reverse=True)[:3]
    union = ask("Join these into one:\n" + "\n---\n".join(code for _, code in elite), 1)
    elite += [(utility(c), c) for c in union]
    return max(elite)[1]
