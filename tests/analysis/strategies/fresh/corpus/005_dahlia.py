import random


def improve_algorithm(initial_solution, utility, language_model):
    rng = random.Random(1)
    lines = initial_solution.splitlines()
    best, best_value = initial_solution, utility(initial_solution)
    for _ in range(24):
        i = rng.randrange(max(1, len(lines) - 1))
        trial = lines[:i] + lines[i + 1 : i + 2] + lines[i : i + 1] + lines[i + 2 :]
        text = "\n".join(trial)
        try:
            compile(text, "<trial>", "exec")
        except SyntaxError:
            continue
        value = utility(text)
        if value > best_value:
            best, best_value, lines = text, value, trial
    return best
