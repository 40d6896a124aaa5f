import ast

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    module = ast.parse(initial_solution)
    slots = [i for i, node in enumerate(module.body) if isinstance(node, (ast.FunctionDef, ast.ClassDef))][:6]
    prompts = [
        "Rewrite this definition so that it is faster. Answer with the definition only.\n"
        f"```python\n{ast.unparse(module.body[i])}\n```"
        for i in slots
    ]
    if not prompts:
        return initial_solution
    for i, answer in zip(slots, language_model.batch_prompt("Performance engineer", prompts)):
        code = extract_code(answer)
        try:
            module.body[i : i + 1] = ast.parse(code).body[:1]
        except (SyntaxError, TypeError):
            continue
    rebuilt = ast.unparse(module)
    return rebuilt if utility(rebuilt) > utility(initial_solution) else initial_solution
