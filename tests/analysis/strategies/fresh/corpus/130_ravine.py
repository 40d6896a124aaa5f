import random

from helpers import extract_code

ORDERS = ["Replace the core algorithm.", "Keep the algorithm and tune its details."]


def improve_algorithm(initial_solution, utility, language_model):
    rng = random.Random(5)
    gain, pulls = [0.0, 0.0], [0, 0]
    beam = [(utility(initial_solution), initial_solution)]
    top = beam[0]
    for turn in range(4):
        if rng.random() < 0.3 or 0 in pulls:
            arm = rng.randrange(2)
        else:
            arm = 0 if gain[0] / pulls[0] >= gain[1] / pulls[1] else 1
        notes = [
            f"{ORDERS[arm]}\n```python\n{code}\n```\nThe goal:\n{utility.str}" for _, code in beam
        ]
        replies = language_model.batch_prompt("Computer scientist", notes * (4 // len(notes)))
        rows = [(utility(c), c) for c in extract_code(replies) if c]
        pulls[arm] += 1
        if not rows:
            continue
        gain[arm] += max(rows)[0] - beam[0][0]
        beam = sorted(set(rows), reverse=True)[:2]
        top = max(top, beam[0])
    return top[1]
