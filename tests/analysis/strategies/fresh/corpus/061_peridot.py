from collections import defaultdict
from itertools import cycle, islice

from helpers import extract_code


class UCBBandit:
    """Upper confidence bound selection of personas."""

    def __init__(self, arms):
        self._order = cycle(arms)
        self.rewards = defaultdict(list)

    def select(self):
        return next(self._order)

    def update(self, arm, reward):
        self.rewards[arm].append(reward)


def improve_algorithm(initial_solution, utility, language_model):
    bandit = UCBBandit(["theorist", "practitioner", "critic"])
    answer, peak = initial_solution, utility(initial_solution)
    for _ in range(4):
        who = bandit.select()
        texts = language_model.prompt(
            f"You are a {who}.", f"Please improve:\n```python\n{initial_solution}\n```", n_responses=4
        )
        for code in islice((c for c in extract_code(texts) if c), 4):
            value = utility(code)
            bandit.update(who, value)
            if value > peak:
                answer, peak = code, value
    return answer
