from helpers import extract_code

WIDTH = 3


def improve_algorithm(initial_solution, utility, language_model):
    """Evolve a population of solutions over several generations."""
    expertise = "You are a careful Python engineer."

    def ask_for(program):
        return (
            "Rewrite this program so that it scores higher.\n"
            f"```python\n{program}\n```\nScore:\n```python\n{utility.str}\n```"
        )

    def top(pairs):
        pairs.sort(key=lambda pair: pair[0], reverse=True)
        return pairs[:WIDTH]

    first = extract_code(language_model.prompt(expertise, ask_for(initial_solution), n_responses=5))
    population = top([(utility(code), code) for code in first if code])
    for generation in range(3):
        mutants = extract_code(
            language_model.batch_prompt(expertise, [ask_for(code) for _, code in population])
        )
        population = top(population + [(utility(code), code) for code in mutants if code])
    return population[0][1] if population else initial_solution
