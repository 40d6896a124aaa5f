import random
import re

NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")


def render(source, genome):
    values = iter(genome)
    return NUMBER.sub(lambda _: next(values), source)


def improve_algorithm(initial_solution, utility, language_model):
    genes = NUMBER.findall(initial_solution)
    if not genes:
        return initial_solution

    def jiggle(gene):
        return str(max(0, int(gene) + random.choice((-1, 1)))) if gene.isdigit() else f"{float(gene) * random.uniform(0.5, 2):.4f}"

    flock = [(utility(initial_solution), genes)]
    for _ in range(5):
        genome = [jiggle(g) if random.random() < 0.4 else g for g in genes]
        flock.append((utility(render(initial_solution, genome)), genome))
    for _ in range(3):
        brood = []
        for _ in range(5):
            mother, father = random.sample(flock, 2)
            child = [random.choice(pair) for pair in zip(mother[1], father[1])]
            brood.append((utility(render(initial_solution, child)), child))
        flock = sorted(flock + brood, key=lambda f: f[0], reverse=True)[:6]
    return render(initial_solution, flock[0][1])
