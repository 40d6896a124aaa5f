import random
from multiprocessing.dummy import Pool

from helpers import extract_code

WHO = ("a patient teacher of algorithms", "a hacker who wins golf contests")


def improve_algorithm(initial_solution, utility, language_model):
    history = {who: [] for who in WHO}
    best = (utility(initial_solution), initial_solution)
    pool = Pool(4)

    def draw(who):
        seen = history[who]
        centre = sum(seen) / len(seen) if seen else 1.0
        return random.gauss(centre, 1 / (1 + len(seen)))

    for _ in range(3):
        who = max(WHO, key=draw)
        answers = language_model.prompt(
            f"You are {who}.", f"Better version of\n```python\n{initial_solution}\n```?", n_responses=6
        )
        codes = [c for c in extract_code(answers) if c]
        values = pool.map(utility, codes)
        history[who].extend(values)
        best = max([best, *zip(values, codes)])
    pool.close()
    return best[1]
