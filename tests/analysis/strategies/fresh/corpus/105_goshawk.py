import bisect

from helpers import extract_code


class Agenda:
    """Waiting programs, best last."""

    def __init__(self):
        self.items = []

    def add(self, value, depth, code):
        bisect.insort(self.items, (value + 0.02 * (3 - depth), depth, code))

    def take(self):
        return self.items.pop()


def improve_algorithm(initial_solution, utility, language_model):
    scores = {}

    def known_or_measured(code):
        if code not in scores:
            scores[code] = utility(code)
        return scores[code]

    agenda = Agenda()
    agenda.add(known_or_measured(initial_solution), 0, initial_solution)
    for _ in range(language_model.budget):
        if not agenda.items:
            break
        _, depth, code = agenda.take()
        replies = language_model.prompt(
            "Chess player", f"Find a better move than this program:\n```python\n{code}\n```\n{utility.str}", n_responses=5
        )
        for move in extract_code(replies):
            if move:
                agenda.add(known_or_measured(move), depth + 1, move)
    return max(scores, key=known_or_measured)
