import math
import random

from helpers import extract_code


class ScoreBook(dict):
    def __init__(self, utility):
        super().__init__()
        self.utility = utility

    def __missing__(self, code):
        self[code] = self.utility(code)
        return self[code]


def improve_algorithm(initial_solution, utility, language_model):
    book = ScoreBook(utility)
    x = initial_solution
    k = 0
    while True:
        k += 1
        try:
            texts = language_model.prompt(
                "Optimizer", f"Perturb this solution.\n```python\n{x}\n```\n{utility.str}", n_responses=5
            )
        except RuntimeError:
            break
        for y in extract_code(texts):
            if y and (book[y] > book[x] or random.random() < math.exp((book[y] - book[x]) * k / 0.3)):
                x = y
        book[x]
    return max(book, key=book.get) if book else initial_solution
