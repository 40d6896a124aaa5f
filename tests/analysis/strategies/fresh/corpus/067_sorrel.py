from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    """Greedy refinement of the best program."""
    current = (utility(initial_solution), initial_solution)
    best = current
    reserve = []
    while language_model.budget:
        message = f"Refine:\n```python\n{current[1]}\n```\nScored by:\n{utility.str}"
        codes = extract_code(language_model.prompt("Refiner", message, n_responses=5))
        reserve.extend((utility(c), c) for c in codes if c)
        if not reserve:
            return best[1]
        reserve.sort(key=lambda r: r[0])
        current = reserve.pop()
        if current[0] > best[0]:
            best = current
    return best[1]
