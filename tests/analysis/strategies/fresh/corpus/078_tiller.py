import random
from concurrent.futures import ThreadPoolExecutor


def improve_algorithm(initial_solution, utility, language_model):
    spots = [i for i, ch in enumerate(initial_solution) if ch.isdigit()]
    if not spots:
        return initial_solution

    def neighbour(text):
        i = random.choice(spots)
        return text[:i] + random.choice("0123456789".replace(text[i], "")) + text[i + 1 :]

    ends = []
    with ThreadPoolExecutor(2) as pool:
        for _start in range(3):
            text, value = initial_solution, utility(initial_solution)
            for _ in range(4):
                pair = [neighbour(text), neighbour(text)]
                for new, trial in zip(pool.map(utility, pair), pair):
                    if new > value:
                        text, value = trial, new
            ends.append((value, text))
    return max(ends)[1]
