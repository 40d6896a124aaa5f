import random
import re


def mutate(text, rng):
    spots = [m.start() for m in re.finditer(r"[0-9]", text)]
    if not spots:
        return text
    at = rng.choice(spots)
    return text[:at] + rng.choice("0123456789") + text[at + 1 :]


def improve_algorithm(initial_solution, utility, language_model):
    rng = random.Random(11)
    people = [initial_solution] + [mutate(initial_solution, rng) for _ in range(5)]
    fitness = [utility(p) for p in people]
    for _ in range(3):
        floor = min(fitness)
        wheel = [f - floor + 1e-3 for f in fitness]
        babies = [mutate(p, rng) for p in rng.choices(people, wheel, k=5)]
        champion = people[fitness.index(max(fitness))]
        people = [champion] + babies
        fitness = [max(fitness)] + [utility(b) for b in babies]
    return people[fitness.index(max(fitness))]
