import random


def improve_algorithm(initial_solution, utility, language_model):
    """Simulated annealing on constants."""
    digits = [i for i, c in enumerate(initial_solution) if c in "0123456789"]
    if not digits:
        return initial_solution

    def nudge(text):
        i = random.choice(digits)
        return text[:i] + str((int(text[i]) + random.choice((1, 9))) % 10) + text[i + 1 :]

    best, best_value = initial_solution, utility(initial_solution)
    text, value, temperature = best, best_value, 5
    for _ in range(23):
        other = nudge(text)
        v = utility(other)
        if v > value:
            text, value, temperature = other, v, 5
        else:
            temperature -= 1
        if value > best_value:
            best, best_value = text, value
        if temperature == 0:
            text = nudge(nudge(initial_solution))
            value, temperature = utility(text), 5
    return best
