import math
import random

from helpers import extract_code

OPS = {"rewrite": "Rewrite it from scratch.", "tune": "Tune its constants.", "extend": "Add a second phase."}


def improve_algorithm(initial_solution, utility, language_model):
    mean = dict.fromkeys(OPS, 0.0)
    count = dict.fromkeys(OPS, 0)
    x, fx = initial_solution, utility(initial_solution)
    best, log = (fx, x), []
    for t in range(4):
        op = random.choices(list(OPS), [math.exp(5 * mean[o]) for o in OPS])[0]
        journal = "\n".join(log[-6:])
        texts = language_model.prompt(
            "Operator", f"{OPS[op]}\n```python\n{x}\n```\nEarlier moves:\n{journal}", n_responses=3
        )
        for y in extract_code(texts):
            if not y:
                continue
            fy = utility(y)
            count[op] += 1
            mean[op] += (fy - fx - mean[op]) / count[op]
            log.append(f"{op}: change {fy - fx:+.3f}")
            best = max(best, (fy, y))
            if fy > fx or random.random() < 0.3 * (1 - t / 4):
                x, fx = y, fy
    return best[1]
