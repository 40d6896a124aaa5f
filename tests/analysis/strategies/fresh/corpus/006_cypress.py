import ast
import random

from helpers import extract_code


def crossover(a, b):
    ta, tb = ast.parse(a), ast.parse(b)
    theirs = {n.name: n for n in tb.body if isinstance(n, ast.FunctionDef)}
    ta.body = [
        theirs[n.name] if getattr(n, "name", None) in theirs and random.random() < 0.5 else n
        for n in ta.body
    ]
    return ast.unparse(ta)


def improve_algorithm(initial_solution, utility, language_model):
    ask = f"Improve\n```python\n{initial_solution}\n```\nwith the aim\n{utility.str}"
    pool = []
    for code in extract_code(language_model.prompt("Biologist", ask, n_responses=6)) + [initial_solution]:
        try:
            ast.parse(code or "(")
        except SyntaxError:
            continue
        pool.append((utility(code), code))
    for _ in range(4):
        for _ in range(4):
            (_, a), (_, b) = random.choice(pool), random.choice(pool)
            child = crossover(a, b)
            pool.append((utility(child), child))
        pool = sorted(set(pool), reverse=True)[:5]
    return pool[0][1]
