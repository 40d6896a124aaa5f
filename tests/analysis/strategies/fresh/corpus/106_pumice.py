from helpers import extract_code


def tree_search(level, left, utility, language_model):
    """Depth-first search over a tree of programs."""
    if left == 0:
        return level
    nxt = []
    for _, code in level:
        text = f"```python\n{code}\n```\nThink about what limits this program, then return a better one."
        for code2 in extract_code(language_model.prompt("Programmer", text, n_responses=4)):
            if code2 is None:
                continue
            nxt.append((utility(code2), code2))
    nxt = sorted(nxt, key=lambda t: t[0], reverse=True)[:2]
    return tree_search(nxt or level, left - 1, utility, language_model)


def improve_algorithm(initial_solution, utility, language_model):
    start = (utility(initial_solution), initial_solution)
    level = tree_search([start], 2, utility, language_model)
    winner = max(level, key=lambda t: t[0])
    if winner[0] < start[0]:
        return initial_solution
    return winner[1]
