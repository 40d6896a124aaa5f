from helpers import extract_code

SUBTASKS = ["reading and checking the input", "the search for the answer"]


def improve_algorithm(initial_solution, utility, language_model):
    pieces = []
    for subtask in SUBTASKS:
        text = f"Program:\n```python\n{initial_solution}\n```\nHandle only one concern of it: {subtask}. Return the whole program."
        versions = [c for c in extract_code(language_model.prompt("Engineer", text, n_responses=3)) if c]
        if versions:
            pieces.append(max(versions, key=utility))
    if len(pieces) < 2:
        return max(pieces + [initial_solution], key=utility)
    joined = language_model.prompt(
        "Engineer",
        "Bring both changes into one program.\n" + "\n".join(f"```python\n{p}\n```" for p in pieces),
        n_responses=4,
    )
    return max([c for c in extract_code(joined) if c] + pieces + [initial_solution], key=utility)
