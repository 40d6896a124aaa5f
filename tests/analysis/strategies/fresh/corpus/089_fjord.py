import math
import random


def improve_algorithm(initial_solution, utility, language_model):
    rng = random.Random(0)
    memory = {}

    def energy(s):
        try:
            return memory[s]
        except KeyError:
            memory[s] = -utility(s)
            return memory[s]

    state = list(initial_solution)
    digits = [i for i, ch in enumerate(state) if ch.isdigit()]
    if not digits:
        return initial_solution
    now = energy(initial_solution)
    lowest, answer = now, initial_solution
    steps = 24
    for k in range(steps):
        temperature = 0.3 * (1 - k / steps)
        i = rng.choice(digits)
        old, state[i] = state[i], str(rng.randrange(10))
        text = "".join(state)
        new = energy(text)
        if new > now and rng.random() >= math.exp((now - new) / temperature):
            state[i] = old
            continue
        now = new
        if now < lowest:
            lowest, answer = now, text
    return answer
