from helpers import extract_code


class Session:
    def __init__(self, task, utility, model):
        self.task, self.utility, self.model = task, utility, model
        self.best = self.code = task
        self.best_score = self.score = utility(task)
        self.fruitless = 0

    def step(self):
        if self.fruitless > 3:
            self._begin_anew()
            return
        message = (
            f"Score so far: {self.score:.3f}; answers without gain: {self.fruitless}.\n"
            f"```python\n{self.code}\n```\n{self.utility.str}"
        )
        for code in extract_code(self.model.prompt("Senior engineer", message, n_responses=4, temperature=0.5)):
            if code is None or self.utility(code) <= self.score:
                self.fruitless += 1
            else:
                self.code, self.score, self.fruitless = code, self.utility(code), 0
        self._remember()

    def _begin_anew(self):
        sample = self.model.prompt(
            "Senior engineer", f"Write a program like this:\n{self.task}\nfor\n{self.utility.str}", temperature=1.0
        )
        self.code = extract_code(sample[0]) or self.task
        self.score, self.fruitless = self.utility(self.code), 0
        self._remember()

    def _remember(self):
        if self.score > self.best_score:
            self.best, self.best_score = self.code, self.score


def improve_algorithm(initial_solution, utility, language_model):
    session = Session(initial_solution, utility, language_model)
    for _ in range(language_model.budget):
        session.step()
    return session.best
