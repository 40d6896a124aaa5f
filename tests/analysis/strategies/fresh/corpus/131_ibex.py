import collections
import random
import re

TOKENS = [("<=", "<"), ("<", "<="), (">=", ">"), ("+", "-"), ("-", "+"), ("1", "2"), ("2", "3"), ("0", "1")]


def mutant(text):
    old, new = random.choice(TOKENS)
    places = [m.start() for m in re.finditer(re.escape(old), text)]
    if not places:
        return text
    at = random.choice(places)
    return text[:at] + new + text[at + len(old) :]


def improve_algorithm(initial_solution, utility, language_model):
    hall_of_fame = (utility(initial_solution), initial_solution)

    def founders():
        return collections.deque([hall_of_fame_start] * 2, maxlen=4)

    hall_of_fame_start = hall_of_fame
    people, barren = founders(), 0
    for _ in range(22):
        parent = max(random.sample(list(people), 2))
        child_text = mutant(parent[1])
        child = (utility(child_text), child_text)
        people.append(child)
        barren = 0 if child > hall_of_fame else barren + 1
        hall_of_fame = max(hall_of_fame, child)
        if barren >= 6:
            people, barren = founders(), 0
    return hall_of_fame[1]
