import random

from helpers import extract_code


class Population:
    def __init__(self, utility):
        self._utility = utility
        self._known = {}
        self.people = []

    def fitness(self, code):
        if code in self._known:
            return self._known[code]
        value = self._known[code] = self._utility(code)
        return value

    def draw(self):
        ranked = sorted(self.people, key=self.fitness)
        return random.choices(ranked, range(1, len(ranked) + 1))[0]


def improve_algorithm(initial_solution, utility, language_model):
    herd = Population(utility)
    herd.people = [initial_solution]
    for season in range(4):
        orders = []
        for k in range(5):
            a, b = herd.draw(), herd.draw()
            if a == b or k % 2:
                orders.append(f"Mutate:\n```python\n{a}\n```\n{utility.str}")
            else:
                orders.append(f"Cross A\n```python\n{a}\n```\nwith B\n```python\n{b}\n```")
        herd.people += [c for c in extract_code(language_model.batch_prompt("Gardener", orders)) if c]
        herd.people = sorted(set(herd.people), key=herd.fitness)[-5:]
    return max(herd.people, key=herd.fitness)
