from helpers import extract_code
import random


def improve_algorithm(initial_solution, utility, language_model):
    expertise = "You are a geneticist of programs."
    seed = language_model.prompt(
        expertise, f"Write a variant of\n```python\n{initial_solution}\n```\n{utility.str}", n_responses=5
    )
    population = [(utility(c), c) for c in [initial_solution] + extract_code(seed) if c]

    def tournament():
        return max(random.sample(population, min(2, len(population))))[1]

    for _generation in range(3):
        messages = []
        for _ in range(4):
            mum, dad = tournament(), tournament()
            messages.append(
                f"Parent A:\n```python\n{mum}\n```\nParent B:\n```python\n{dad}\n```\nCombine them into a child."
            )
        children = extract_code(language_model.batch_prompt(expertise, messages))
        population += [(utility(c), c) for c in children if c]
        population = sorted(population, reverse=True)[:6]
    return population[0][1]
