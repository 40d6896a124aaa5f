from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    feedback = ""
    solution, score = initial_solution, utility(initial_solution)
    for attempt in range(3):
        message = "\n".join(
            [
                "Take the score and the errors of your previous attempts into account.",
                f"```python\n{solution}\n```",
                f"```python\n{utility.str}\n```",
            ]
        )
        for reply in language_model.prompt("Self-reflective programmer", message, n_responses=6):
            code = extract_code(reply)
            if not code:
                feedback += f"Attempt {attempt}: no code. "
                continue
            new = utility(code)
            feedback += f"Attempt {attempt}: {new:.3f}. "
            if new > score:
                solution, score = code, new
    return solution
