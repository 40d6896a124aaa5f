import ast
from collections import Counter

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    answers = language_model.prompt(
        "Careful engineer",
        f"Improve this, keep all function names:\n```python\n{initial_solution}\n```",
        n_responses=language_model.max_responses_per_call,
    )
    ballots = {}
    for code in extract_code(answers):
        try:
            body = ast.parse(code or "").body
        except SyntaxError:
            continue
        for node in body:
            if isinstance(node, ast.FunctionDef):
                ballots.setdefault(node.name, Counter())[ast.unparse(node)] += 1
    module = ast.parse(initial_solution)
    for i, node in enumerate(module.body):
        if isinstance(node, ast.FunctionDef) and node.name in ballots:
            winner, _ = ballots[node.name].most_common(1)[0]
            module.body[i] = ast.parse(winner).body[0]
    elected = ast.unparse(module)
    return elected if utility(elected) >= utility(initial_solution) else initial_solution
