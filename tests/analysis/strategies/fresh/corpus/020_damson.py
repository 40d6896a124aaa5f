import ast

from helpers import extract_code


def decompose(source):
    return [node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]


def improve_algorithm(initial_solution, utility, language_model):
    """Divide and conquer: improves the solution function by function."""
    program, score = initial_solution, utility(initial_solution)
    for _name in decompose(initial_solution)[:4]:
        listing = ", ".join(decompose(initial_solution))
        replies = language_model.prompt(
            "Engineer",
            f"The functions {listing} make up this program:\n```python\n{program}\n```\nImprove the program.",
            n_responses=4,
        )
        for code in extract_code(replies):
            if code:
                new = utility(code)
                if new > score:
                    program, score = code, new
    return program
