from math import inf, log, sqrt

from helpers import extract_code


class Arm:
    def __init__(self, expertise):
        self.expertise, self.n, self.mean = expertise, 0, 0.0

    def index(self, t):
        return self.mean + 0.3 * sqrt(log(t + 1) / self.n) if self.n else inf

    def learn(self, x):
        self.n += 1
        self.mean += (x - self.mean) / self.n


def improve_algorithm(initial_solution, utility, language_model):
    arms = [Arm(e) for e in ("Statistician", "Game programmer", "Compiler writer")]
    best, score = initial_solution, utility(initial_solution)
    for t in range(4):
        arm = max(arms, key=lambda a: a.index(t))
        message = f"```python\n{best}\n```\nImprove this. Scored by:\n{utility.str}"
        found = extract_code(language_model.prompt(arm.expertise, message, n_responses=4))
        values = {code: utility(code) for code in found if code}
        top = max(values, key=values.get, default=None)
        arm.learn(values.get(top, 0.0))
        if top and values[top] > score:
            best, score = top, values[top]
    return best
