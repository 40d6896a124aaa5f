import numpy as np

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    temperatures = np.array([0.4, 0.9])
    preference = np.zeros(2)
    record, mark = initial_solution, utility(initial_solution)
    while language_model.budget > 0:
        probability = np.exp(preference) / np.exp(preference).sum()
        arm = np.random.choice(2, p=probability)
        answers = language_model.prompt(
            "You are an optimisation expert.",
            f"This program has score {mark:.3f}:\n```python\n{record}\n```\nRaise it.\n{utility.str}",
            n_responses=5,
            temperature=float(temperatures[arm]),
        )
        marks = [(utility(c), c) for c in extract_code(answers) if c]
        top = max(marks, default=(mark, record))
        preference[arm] += (top[0] - mark) * (1 - probability[arm])
        if top[0] > mark:
            mark, record = top
    return record
