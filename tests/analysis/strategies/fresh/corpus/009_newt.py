import random


def mutate(lines):
    lines = list(lines)
    i, j = random.randrange(len(lines)), random.randrange(len(lines))
    if random.random() < 0.5:
        lines.insert(j, lines[i])
    else:
        lines[i], lines[j] = lines[j], lines[i]
    return lines


def improve_algorithm(initial_solution, utility, language_model):
    """Genetic algorithm with restarts, (1+1) style."""
    champion = initial_solution.split("\n")
    fitness = utility(initial_solution)
    generation = 0
    while generation < 24:
        generation += 1
        child = mutate(champion)
        child_fitness = utility("\n".join(child))
        if child_fitness > fitness:
            champion, fitness = child, child_fitness
    return "\n".join(champion)
