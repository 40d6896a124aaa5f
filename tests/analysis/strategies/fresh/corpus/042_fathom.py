from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    lm = language_model

    def sample(message, n, t):
        return [c for c in extract_code(lm.prompt("Lead developer", message, n_responses=n, temperature=t)) if c]

    scored = []
    for _ in range(2):
        for draft in sample(f"Program:\n```python\n{initial_solution}\n```\nDo better at:\n{utility.str}", 5, 1.0):
            scored.append((utility(draft), draft))
    scored.sort(reverse=True)
    dossier = [f"score {v:.4f}\n```python\n{d}\n```" for v, d in scored[:4]]
    for final in sample("Learn from all of these and write the definitive program.\n" + "\n".join(dossier), 4, 0.2):
        scored.append((utility(final), final))
    scored.append((utility(initial_solution), initial_solution))
    return max(scored)[1]
