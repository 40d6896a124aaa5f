import random

from helpers import extract_code


class Branch:
    def __init__(self, code, value):
        self.code, self.value, self.wins, self.losses = code, value, 1, 1


def improve_algorithm(initial_solution, utility, language_model):
    branches = [Branch(initial_solution, utility(initial_solution))]
    for _ in range(4):
        branch = max(branches, key=lambda b: random.betavariate(b.wins, b.losses))
        codes = extract_code(
            language_model.prompt(
                "Mathematician",
                "Strengthen this program:\n```python\n%s\n```" % branch.code,
                n_responses=4,
            )
        )
        for code in codes:
            if not code:
                continue
            value = utility(code)
            if value > branch.value:
                branch.wins += 1
            else:
                branch.losses += 1
            branches.append(Branch(code, value))
    return max(branches, key=lambda b: b.value).code
