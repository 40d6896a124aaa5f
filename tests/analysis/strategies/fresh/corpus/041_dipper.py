import ast

from helpers import extract_code


def split(code):
    try:
        nodes = ast.parse(code).body
    except SyntaxError:
        return None
    return {getattr(n, "name", f"#{i}"): ast.unparse(n) for i, n in enumerate(nodes)}


def join(parts):
    return "\n\n".join(parts.values())


def improve_algorithm(initial_solution, utility, language_model):
    request = f"Return an improved version.\n```python\n{initial_solution}\n```\n{utility.str}"
    answers = extract_code(language_model.prompt("Developer", request, n_responses=6))
    maps = [m for m in (split(a) for a in answers if a) if m]
    if not maps:
        return initial_solution
    maps.sort(key=lambda m: utility(join(m)), reverse=True)
    mosaic = dict(maps[0])
    for other in maps[1:]:
        for name in mosaic.keys() & other.keys():
            if utility.budget <= 1:
                break
            patched = {**mosaic, name: other[name]}
            if utility(join(patched)) > utility(join(mosaic)):
                mosaic = patched
    return max(join(mosaic), initial_solution, key=utility)
