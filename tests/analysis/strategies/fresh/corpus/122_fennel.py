from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    stack = [(utility(initial_solution), 0, initial_solution)]
    champion = stack[0]
    calls = 4
    while stack and calls:
        value, depth, code = stack.pop()
        if depth >= 2:
            continue
        calls -= 1
        answers = language_model.prompt(
            "You are a hill climber.",
            f"Climb from here:\n```python\n{code}\n```\nMeasure:\n```python\n{utility.str}\n```",
            n_responses=3,
        )
        kids = [(utility(c), depth + 1, c) for c in extract_code(answers) if c]
        kids.sort()
        stack.extend(kids)
        if kids and kids[-1][0] > champion[0]:
            champion = kids[-1]
    return champion[2]
