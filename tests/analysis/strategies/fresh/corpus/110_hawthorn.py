from helpers import extract_code


def crossover(mother, father):
    half = len(mother.splitlines()) // 2
    return "\n".join(mother.splitlines()[:half] + father.splitlines()[half:])


def improve_algorithm(initial_solution, utility, language_model):
    """Evolves a population by crossover and mutation."""
    population = {initial_solution}
    for generation in range(2):
        kids = language_model.batch_prompt(
            "Evolution strategist",
            [f"Individual:\n```python\n{initial_solution}\n```\nEnvironment:\n{utility.str}\nMutate it."] * 6,
        )
        population.update(filter(None, extract_code(kids)))
    ranking = sorted(population, key=utility)
    return ranking[-1]
