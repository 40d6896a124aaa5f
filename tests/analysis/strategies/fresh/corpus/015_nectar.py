from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    todo = [
        "the choice of the start point",
        "the main loop",
        "the termination rule",
        "the form of the result",
    ]
    code, score = initial_solution, utility(initial_solution)
    while todo and language_model.budget:
        part = todo.pop(0)
        request = f"```python\n{code}\n```\nWork on {part} of this program and leave all else as it is."
        for reply in language_model.prompt("Maintainer", request, n_responses=5):
            new = extract_code(reply)
            if new is None:
                continue
            new_score = utility(new)
            if new_score > score:
                code, score = new, new_score
    return code
