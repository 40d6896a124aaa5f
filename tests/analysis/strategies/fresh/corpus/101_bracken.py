import heapq

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    role = "You are a senior researcher in optimisation."
    level = [(utility(initial_solution), initial_solution)]

    def children_of(level):
        if len(level) == 1:
            return language_model.prompt(role, show(level[0][1]), n_responses=6)
        return language_model.batch_prompt(role, [show(code) for _, code in level])

    def show(code):
        return f"Improve this solution.\n```python\n{code}\n```\n{utility.str}"

    history = list(level)
    for depth in (1, 2, 3):
        fresh = [(utility(c), c) for c in extract_code(children_of(level)) if c]
        if not fresh:
            break
        history += fresh
        level = heapq.nlargest(3, fresh)

    shown = "\n\n".join(f"```python\n{code}\n```" for _, code in level)
    try:
        merged = extract_code(
            language_model.prompt(role, f"Unite the strong points of these programs in one:\n{shown}")[0]
        )
    except RuntimeError:
        merged = None
    if merged:
        history.append((utility(merged), merged))
    return max(history)[1]
