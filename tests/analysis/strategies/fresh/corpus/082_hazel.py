from random import sample, uniform

from helpers import extract_code


class Herd:
    def __init__(self, utility):
        self.utility = utility
        self.animals = []

    def admit(self, code):
        if code:
            self.animals.append((self.utility(code), code))

    def winner(self, size=3):
        return max(sample(self.animals, min(size, len(self.animals))))

    def cull(self, size=8):
        self.animals.sort(reverse=True)
        del self.animals[size:]


def improve_algorithm(initial_solution, utility, language_model):
    herd = Herd(utility)
    herd.admit(initial_solution)
    for code in extract_code(
        language_model.prompt("Breeder", f"Vary this:\n```python\n{initial_solution}\n```", n_responses=5)
    ):
        herd.admit(code)
    for _ in range(3):
        texts = []
        for fitness, code in (herd.winner() for _ in range(4)):
            texts.append(f"Fitness {fitness:.3f}. Mutate this program usefully:\n```python\n{code}\n```")
        for code in extract_code(
            language_model.batch_prompt("Breeder", texts, temperature=uniform(0.4, 1.2))
        ):
            herd.admit(code)
        herd.cull()
    return max(herd.animals)[1]
