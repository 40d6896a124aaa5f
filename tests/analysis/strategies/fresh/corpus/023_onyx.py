from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    table = {}

    def value_of(code):
        if code not in table:
            table[code] = utility(code)
        return table[code]

    best = current = initial_solution
    for _ in range(4):
        if current is None:
            message = f"Write a program from scratch that does well here:\n{utility.str}"
        else:
            message = f"Optimise:\n```python\n{current}\n```\n{utility.str}"
        step = [c for c in extract_code(language_model.prompt("Optimiser", message, n_responses=5)) if c]
        ahead = step if current is None else [c for c in step if value_of(c) > value_of(current)]
        # stalled: throw the line away
        current = max(ahead, key=value_of) if ahead else None
        if current and value_of(current) > value_of(best):
            best = current
    return best
