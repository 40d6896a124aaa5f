import ast
import hashlib

from helpers import extract_code


def halves(code):
    nodes = ast.parse(code).body
    middle = (len(nodes) + 1) // 2
    return ["\n\n".join(ast.unparse(n) for n in nodes[:middle]), "\n\n".join(ast.unparse(n) for n in nodes[middle:])]


def improve_algorithm(initial_solution, utility, language_model):
    ledger = {}

    def value(code):
        key = hashlib.md5(code.encode()).digest()
        if key in ledger:
            return ledger[key]
        return ledger.setdefault(key, utility(code))

    upper, lower = halves(initial_solution)
    for _ in range(2):
        for which in ("upper", "lower"):
            shown = upper if which == "upper" else lower
            replies = language_model.prompt(
                "Coder",
                f"Whole file:\n{upper}\n\n{lower}\n\nRewrite only this part:\n```python\n{shown}\n```",
                n_responses=3,
            )
            for part in extract_code(replies):
                if not part:
                    continue
                pair = (part, lower) if which == "upper" else (upper, part)
                if value("\n\n".join(pair)) > value(f"{upper}\n\n{lower}"):
                    upper, lower = pair
    return max(f"{upper}\n\n{lower}", initial_solution, key=value)
