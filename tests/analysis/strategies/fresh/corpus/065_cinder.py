import re

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    survivors = [initial_solution]
    for step in range(3):
        requests = [f"Improve this code.\n```python\n{s}\n```\n{utility.str}" for s in survivors]
        requests = requests * (4 if step == 0 else 2)
        new = [c for c in extract_code(language_model.batch_prompt("Engineer", requests)) if c]
        survivors = sorted(new + survivors, key=utility, reverse=True)[:2]

    best = survivors[0]
    peak = utility(best)
    for found in list(re.finditer(r"\b\d+\.?\d*\b", best))[:8]:
        if utility.budget <= 0:
            break
        number = found.group()
        scaled = repr(float(number) * 1.25) if "." in number else str(int(number) + 1)
        trial = best[: found.start()] + scaled + best[found.end() :]
        value = utility(trial)
        if value > peak:
            return trial
    return best
