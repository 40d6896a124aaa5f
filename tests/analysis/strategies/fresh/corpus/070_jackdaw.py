import ast
import math
import random

from helpers import extract_code


def pieces(code):
    return [
        ast.get_source_segment(code, node)
        for node in ast.parse(code).body
        if isinstance(node, ast.FunctionDef)
    ]


def improve_algorithm(initial_solution, utility, language_model):
    state = initial_solution
    archive = {state: utility(state)}
    for step, kT in enumerate((0.2, 0.1, 0.05, 0.02)):
        functions = pieces(state)
        if not functions:
            break
        target = functions[step % len(functions)]
        replies = language_model.prompt(
            "Reviewer", f"In the context of\n{state}\nrewrite just:\n```python\n{target}\n```", n_responses=4
        )
        options = [state]
        for new in extract_code(replies):
            whole = state.replace(target, new or "(")
            try:
                ast.parse(whole)
            except SyntaxError:
                continue
            options.append(whole)
            archive[whole] = utility(whole)
        ceiling = max(archive[o] for o in options)
        weights = [math.exp((archive[o] - ceiling) / kT) for o in options]
        state = random.choices(options, weights)[0]
    return max(archive, key=archive.get)
