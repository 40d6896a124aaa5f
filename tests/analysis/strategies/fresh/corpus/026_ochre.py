import ast

from helpers import extract_code


class Workshop:
    def __init__(self, utility):
        self.utility, self.scores, self.failures = utility, {}, []

    def score(self, code):
        key = hash(code)
        if key not in self.scores:
            self.scores[key] = self.utility(code)
        return self.scores[key]


def improve_algorithm(initial_solution, utility, language_model):
    shop = Workshop(utility)
    best = initial_solution
    parts = [
        ast.get_source_segment(initial_solution, n)
        for n in ast.parse(initial_solution).body
        if isinstance(n, ast.FunctionDef)
    ]
    for part in parts[:4]:
        bad = "\n".join(shop.failures[-3:])
        text = f"Improve this function:\n```python\n{part}\n```\nAttempts at other functions that failed:\n{bad}"
        for new in extract_code(language_model.prompt("Engineer", text, n_responses=4)):
            if not new:
                continue
            whole = best.replace(part, new)
            if shop.score(whole) > shop.score(best):
                best, part = whole, new
            else:
                shop.failures.append(f"one reached {shop.score(whole):.3f} only")
    return best
