import ast

from helpers import extract_code


def definitions(code):
    try:
        return {n.name: n for n in ast.parse(code).body if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
    except SyntaxError:
        return {}


def improve_algorithm(initial_solution, utility, language_model):
    wanted = set(definitions(initial_solution))
    codes = []
    for _ in range(2):
        replies = language_model.prompt(
            "Library author", f"Improve:\n```python\n{initial_solution}\n```\n{utility.str}", n_responses=5
        )
        codes += [c for c in extract_code(replies) if c and wanted <= set(definitions(c))]
    codes = sorted(set(codes), key=utility, reverse=True)
    if len(codes) < 2:
        return max(codes + [initial_solution], key=utility)
    winner, runner_up = codes[0], codes[1]
    combined = winner
    for name, node in definitions(runner_up).items():
        if name not in definitions(winner) or name != sorted(wanted)[-1]:
            combined += "\n\n" + ast.unparse(node)
    return max([combined, winner, initial_solution], key=utility)
