import random
import re


def bump_number(text, m):
    return text[: m.start()] + str(int(m.group()) + random.choice((1, -1, 10))) + text[m.end() :]


def swap_sign(text, m):
    return text[: m.start()] + {"+": "-", "-": "+", "*": "+"}[m.group()] + text[m.end() :]


def flip_comparison(text, m):
    return text[: m.start()] + {"<": ">", ">": "<"}[m.group()] + text[m.end() :]


OPERATORS = {bump_number: r"\d+", swap_sign: r"[+*-]", flip_comparison: r"[<>]"}


def improve_algorithm(initial_solution, utility, language_model):
    tries = {op: 1 for op in OPERATORS}
    wins = {op: 1 for op in OPERATORS}
    best, score = initial_solution, utility(initial_solution)
    for _ in range(24):
        if random.random() < 0.2:
            op = random.choice(list(OPERATORS))
        else:
            op = max(OPERATORS, key=lambda o: wins[o] / tries[o])
        spots = list(re.finditer(OPERATORS[op], best))
        if not spots:
            continue
        trial = op(best, random.choice(spots))
        tries[op] += 1
        value = utility(trial)
        if value > score:
            best, score = trial, value
            wins[op] += 1
    return best
