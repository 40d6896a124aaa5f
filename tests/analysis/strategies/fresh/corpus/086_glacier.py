import ast

from helpers import extract_code


def parts_of(code):
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return []
    return [ast.get_source_segment(code, n) for n in tree.body if isinstance(n, ast.FunctionDef)]


def improve_algorithm(initial_solution, utility, language_model):
    nodes = {0: (utility(initial_solution), 0, initial_solution)}
    best = nodes[0]
    fresh_id = 1
    for _ in range(4):
        if not nodes:
            break
        pick = max(nodes, key=lambda k: nodes[k][0])
        _, depth, code = nodes.pop(pick)
        parts = parts_of(code)
        if not parts:
            continue
        part = parts[depth % len(parts)]
        replies = language_model.prompt(
            "Refactoring specialist",
            f"From this file:\n{code}\nreturn a better version of only this function:\n```python\n{part}\n```",
            n_responses=4,
        )
        for new in extract_code(replies):
            if new:
                child = code.replace(part, new)
                nodes[fresh_id] = (utility(child), depth + 1, child)
                best = max(best, nodes[fresh_id])
                fresh_id += 1
    return best[2]
