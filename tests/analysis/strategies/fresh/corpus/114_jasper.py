import ast

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    tree = ast.parse(initial_solution)
    blocks = [ast.get_source_segment(initial_solution, n) for n in tree.body if isinstance(n, ast.FunctionDef)]
    result = initial_solution
    for block in blocks[: language_model.budget]:
        replies = language_model.prompt(
            "You optimise single functions.",
            f"Optimise this function, same signature:\n```python\n{block}\n```",
            n_responses=5,
        )
        variants = [result.replace(block, new) for new in extract_code(replies) if new]
        result = max([result] + variants, key=utility)
    return result
