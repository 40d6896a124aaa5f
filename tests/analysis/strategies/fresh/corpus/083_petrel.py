import random

from helpers import extract_code

HINTS = ["Use dynamic programming.", "Use randomisation.", "Use precomputed tables.", "Prune early.", "Use numpy."]


class Memo:
    def __init__(self, function):
        self.function, self.store = function, {}

    def __call__(self, code):
        key = " ".join(code.split())
        try:
            return self.store[key]
        except KeyError:
            return self.store.setdefault(key, self.function(code))


def improve_algorithm(initial_solution, utility, language_model):
    score = Memo(utility)
    survivor = initial_solution
    for _ in range(4):
        hint = random.choice(HINTS)
        found = extract_code(
            language_model.prompt("Expert", f"{hint}\n```python\n{survivor}\n```\n{utility.str}", n_responses=6)
        )
        survivor = max([survivor, *filter(None, found)], key=score)
    return survivor
