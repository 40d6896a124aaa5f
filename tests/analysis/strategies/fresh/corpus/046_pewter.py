from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    best = initial_solution

    def run(message, heat):
        codes = extract_code(language_model.prompt("Expert", message, n_responses=6, temperature=heat))
        return max((c for c in codes if c), key=utility, default=initial_solution)

    for restart in range(2):
        draft = run(f"Write a new program for this goal:\n{utility.str}\nlike\n{initial_solution}", 1.0)
        final = run(f"Refine:\n```python\n{draft}\n```", 0.3)
        best = max(best, draft, final, key=utility)
    return best
