import ast
import math

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    names = [n.name for n in ast.parse(initial_solution).body if isinstance(n, ast.FunctionDef)]
    if not names:
        return initial_solution
    stats = {name: [0, 0.0] for name in names}
    best, best_score = initial_solution, utility(initial_solution)

    def bound(name):
        n, gained = stats[name]
        played = sum(s[0] for s in stats.values())
        return math.inf if n == 0 else gained / n + math.sqrt(math.log(played) / n)

    for _ in range(4):
        name = max(names, key=bound)
        old = next(
            (
                ast.get_source_segment(best, node)
                for node in ast.parse(best).body
                if isinstance(node, ast.FunctionDef) and node.name == name
            ),
            None,
        )
        stats[name][0] += 1
        if old is None:
            continue
        ask = f"```python\n{best}\n```\nReturn an improved `{name}` only."
        for new in extract_code(language_model.prompt("Expert", ask, n_responses=3)):
            whole = best.replace(old, new) if new else None
            if whole is None or utility(whole) <= best_score:
                continue
            stats[name][1] += utility(whole) - best_score
            best, best_score, old = whole, utility(whole), new
    return best
