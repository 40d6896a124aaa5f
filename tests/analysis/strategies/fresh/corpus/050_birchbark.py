from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    """Iteratively keeps the best program and refines it."""
    best = initial_solution
    for _ in range(3):
        message = f"Improve this program.\n```python\n{best}\n```\nMetric:\n```python\n{utility.str}\n```"
        code = extract_code(language_model.prompt("Expert programmer", message)[0])
        if code:
            best = code
    return best if utility(best) > utility(initial_solution) else initial_solution
