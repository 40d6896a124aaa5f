import random

from helpers import extract_code


def one_point(a, b):
    x, y = a.splitlines(), b.splitlines()
    cut = random.randint(0, min(len(x), len(y)))
    return "\n".join(x[:cut] + y[cut:])


def ok(text):
    try:
        compile(text, "<child>", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def improve_algorithm(initial_solution, utility, language_model):
    msg = f"Improve this.\n```python\n{initial_solution}\n```\n{utility.str}"
    sane = language_model.prompt("Coder", msg, n_responses=4, temperature=0.5)
    wild = language_model.prompt("Coder", msg, n_responses=4, temperature=1.1)
    pop = [[utility(c), c] for c in {initial_solution, *extract_code(sane + wild)} if c]
    for _ in range(30):
        if utility.budget <= 0 or len(pop) < 2:
            break
        left = max(random.sample(pop, 2))
        right = max(random.sample(pop, 2))
        child = one_point(left[1], right[1])
        if not ok(child):
            continue
        victim = min(range(len(pop)), key=lambda i: pop[i][0])
        value = utility(child)
        if value >= pop[victim][0]:
            pop[victim] = [value, child]
    return max(pop)[1]
