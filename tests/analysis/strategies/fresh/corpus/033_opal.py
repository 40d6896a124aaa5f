from helpers import extract_code
import random


class Hillclimber:
    """Strictly greedy hill climber."""

    def __init__(self, code, value):
        self.code = self.best_code = code
        self.value = self.best_value = value
        self.tolerance = 0.4

    def offer(self, code, value):
        if value > self.value or random.random() < self.tolerance:
            self.code, self.value = code, value
        if value > self.best_value:
            self.best_code, self.best_value = code, value

    def tighten(self):
        self.tolerance /= 2


def improve_algorithm(initial_solution, utility, language_model):
    climber = Hillclimber(initial_solution, utility(initial_solution))
    for _ in range(language_model.budget):
        ask = f"Change this program a little.\n```python\n{climber.code}\n```\nPurpose:\n{utility.str}"
        for code in extract_code(language_model.prompt("Tinkerer", ask, n_responses=3)):
            if code:
                climber.offer(code, utility(code))
        climber.tighten()
    return climber.best_code
