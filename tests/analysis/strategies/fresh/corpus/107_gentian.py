from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    attempts = {}
    for _ in range(3):
        table = "\n".join(
            f"attempt {i}: {len(code)} characters, score {score:.4f}"
            for i, (code, score) in enumerate(attempts.items())
        )
        answer = language_model.prompt(
            "Experimenter",
            f"```python\n{initial_solution}\n```\nImprove on this.\n{utility.str}\nLog of this session:\n{table}",
            n_responses=6,
        )
        attempts.update((c, utility(c)) for c in extract_code(answer) if c)
    attempts[initial_solution] = utility(initial_solution)
    return max(attempts, key=attempts.get)
