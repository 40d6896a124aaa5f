from helpers import extract_code

TEMPERATURES = [0.2, 0.5, 0.8, 1.1]


def improve_algorithm(initial_solution, utility, language_model):
    temperature = TEMPERATURES[2]
    found = []
    for _ in range(2):
        replies = language_model.prompt(
            "Minimalist", f"Shorten and improve:\n```python\n{initial_solution}\n```", 5, temperature
        )
        found += [c for c in extract_code(replies) if c]
    if not found:
        return initial_solution
    shortest = min(found, key=len)
    return shortest if utility(shortest) >= utility(initial_solution) else initial_solution
