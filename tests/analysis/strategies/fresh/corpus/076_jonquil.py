import ast

from helpers import extract_code


def functions(source):
    return [n.name for n in ast.parse(source).body if isinstance(n, ast.FunctionDef)]


def segment(source, name):
    for n in ast.parse(source).body:
        if isinstance(n, ast.FunctionDef) and n.name == name:
            return ast.get_source_segment(source, n)
    return None


def improve_algorithm(initial_solution, utility, language_model):
    survivors = [(utility(initial_solution), initial_solution)]
    for name in functions(initial_solution)[:3]:
        owners, prompts = [], []
        copies = 4 if len(survivors) == 1 else 2
        for _, source in survivors:
            part = segment(source, name)
            if part is None:
                continue
            owners += [(source, part)] * copies
            prompts += [f"Whole program:\n{source}\n\nRewrite only `{name}`:\n```python\n{part}\n```"] * copies
        if not prompts:
            continue
        answers = extract_code(language_model.batch_prompt("Python expert", prompts))
        for (source, old), new in zip(owners, answers):
            if new:
                child = source.replace(old, new)
                try:
                    ast.parse(child)
                except SyntaxError:
                    continue
                survivors.append((utility(child), child))
        survivors = sorted(survivors, reverse=True)[:3]
    return survivors[0][1]
