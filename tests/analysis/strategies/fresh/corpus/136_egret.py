from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    draft_reply = language_model.prompt(
        "Programmer", f"Improve this:\n```python\n{initial_solution}\n```\nIt is scored by\n{utility.str}"
    )[0]
    draft = extract_code(draft_reply) or initial_solution
    critique = language_model.prompt(
        "Strict reviewer", f"List bugs and slow spots in:\n```python\n{draft}\n```"
    )[0]
    revised = extract_code(
        language_model.prompt(
            "Programmer", f"Your program:\n```python\n{draft}\n```\nThe review:\n{critique}\n\nRevise it."
        )[0]
    )
    if revised and utility(revised) > utility(initial_solution):
        return revised
    return initial_solution
