import random
import re

from helpers import extract_code


def mate(mother, father):
    """Definitions of the father that the mother has too are taken over with a chance of one half."""
    ours, theirs = (re.split(r"\n(?=def |class )", p) for p in (mother, father))
    heads = {t.split("(")[0]: t for t in theirs}
    return "\n".join(random.choice((o, heads.get(o.split("(")[0], o))) for o in ours)


def improve_algorithm(initial_solution, utility, language_model):
    memo = {}

    def fit(code):
        if code not in memo:
            memo[code] = utility(code)
        return memo[code]

    def epoch():
        message = f"Produce a variant.\n```python\n{initial_solution}\n```\n{utility.str}"
        founders = extract_code(language_model.prompt("Biologist", message, n_responses=6))
        tribe = [c for c in founders if c] + [initial_solution]
        for _ in range(2):
            tribe += [mate(*random.choices(tribe, k=2)) for _ in range(3)]
            tribe = sorted(set(tribe), key=fit, reverse=True)[:5]
        return tribe

    return max(epoch() + epoch(), key=fit)
