import ast
import random

from helpers import extract_code


def table(code):
    try:
        return {
            n.name: ast.get_source_segment(code, n)
            for n in ast.parse(code).body
            if isinstance(n, ast.FunctionDef)
        }
    except SyntaxError:
        return {}


def improve_algorithm(initial_solution, utility, language_model):
    names = list(table(initial_solution)) or [""]
    start = language_model.prompt(
        "Engineer", f"Rewrite, keep the function names:\n```python\n{initial_solution}\n```", n_responses=6
    )
    stock = [(utility(c), c) for c in [initial_solution, *extract_code(start)] if c]
    for generation in range(3):
        name = names[generation % len(names)]
        jobs = []
        for _ in range(4):
            a, b = random.choice(stock)[1], random.choice(stock)[1]
            fa, fb = table(a).get(name), table(b).get(name)
            if fa and fb:
                jobs.append((a, fa, f"Blend these versions of {name}:\n```python\n{fa}\n```\n```python\n{fb}\n```"))
        if not jobs:
            continue
        answers = language_model.batch_prompt("Engineer", [j[2] for j in jobs])
        for (host, old, _), new in zip(jobs, extract_code(answers)):
            if new:
                child = host.replace(old, new)
                stock.append((utility(child), child))
        stock = sorted(stock, reverse=True)[:6]
    return max(stock)[1]
