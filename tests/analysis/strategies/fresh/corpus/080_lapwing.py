import random


def improve_algorithm(initial_solution, utility, language_model):
    rng = random.Random(42)
    best, best_value = initial_solution, utility(initial_solution)
    text, value, vain = best, best_value, 0
    budget = 23
    while budget:
        at = rng.randrange(len(text))
        trial = text[:at] + rng.choice(("", text[at] * 2, chr(ord(text[at]) + 1))) + text[at + 1 :]
        budget -= 1
        v = utility(trial)
        if v >= value and trial != text:
            text, value = trial, v
            vain = 0 if v > value else vain
        else:
            vain += 1
        if value > best_value:
            best, best_value = text, value
        if vain >= 8:
            text, value, vain = initial_solution, utility(initial_solution), 0
    return best
