from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    """Multi-armed bandit over temperatures."""
    message = f"Please improve:\n```python\n{initial_solution}\n```\nby this measure:\n{utility.str}"
    pool = {initial_solution: utility(initial_solution)}

    def pull(heat):
        codes = extract_code(language_model.prompt("Programmer", message, n_responses=5, temperature=heat))
        values = []
        for code in codes:
            if code:
                pool[code] = utility(code)
                values.append(pool[code])
        return sum(values) / len(values) if values else float("-inf")

    arms = {heat: pull(heat) for heat in (0.3, 0.5, 0.7, 1.1)}
    best_arm = max(arms, key=arms.get)
    assert best_arm in arms
    return max(pool, key=pool.get)
