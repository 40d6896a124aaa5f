import random
from concurrent.futures import ThreadPoolExecutor

from helpers import extract_code


def fitness_of(texts, utility):
    texts = [t for t in texts if t]
    with ThreadPoolExecutor(max_workers=len(texts) or 1) as workers:
        return list(zip(workers.map(utility, texts), texts))


def improve_algorithm(initial_solution, utility, language_model):
    opener = f"Suggest a different program.\n```python\n{initial_solution}\n```\n{utility.str}"
    eggs = extract_code(language_model.prompt("Inventor", opener, n_responses=6))
    everyone = fitness_of(eggs + [initial_solution], utility)
    east, west = everyone[::2], everyone[1::2]
    if not west:
        return initial_solution
    for _ in range(3):
        pairs = [(random.choice(east)[1], random.choice(west)[1]) for _ in range(4)]
        children = language_model.batch_prompt(
            "Inventor", [f"Cross these.\n```python\n{a}\n```\n```python\n{b}\n```" for a, b in pairs]
        )
        born = fitness_of(extract_code(children), utility)
        east = sorted(east + born[:2], reverse=True)[:4]
        west = sorted(west + born[2:], reverse=True)[:4]
    return max(east + west)[1]
