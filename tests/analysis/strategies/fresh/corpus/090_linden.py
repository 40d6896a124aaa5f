from concurrent.futures import ThreadPoolExecutor

from helpers import extract_code


class Hive:
    def __init__(self, utility, language_model, keep=4):
        self.utility, self.lm, self.keep = utility, language_model, keep
        self.members = []

    def rank(self, texts):
        texts = [t for t in texts if t]
        with ThreadPoolExecutor(max_workers=4) as pool:
            values = list(pool.map(self.utility, texts))
        self.members.extend(zip(values, texts))
        self.members = sorted(self.members, key=lambda m: -m[0])[: self.keep]

    def step(self):
        wanted = [
            f"Make this faster and more exact:\n```python\n{text}\n```" for _, text in self.members
        ]
        self.rank(extract_code(self.lm.batch_prompt("Numerical analyst", wanted)))


def improve_algorithm(initial_solution, utility, language_model):
    hive = Hive(utility, language_model)
    hive.rank([initial_solution])
    opening = language_model.prompt(
        "Numerical analyst",
        f"Write a better version of\n```python\n{initial_solution}\n```\nfor\n{utility.str}",
        n_responses=language_model.max_responses_per_call,
    )
    hive.rank(extract_code(opening))
    hive.step()
    hive.step()
    return hive.members[0][1]
