from helpers import extract_code

RECIPES = [
    (0.2, "Correct mistakes in this program:\n{code}\nIt is judged by:\n{goal}"),
    (0.6, "Judge:\n{goal}\nProgram:\n{code}\nMake the judge happier."),
    (1.0, "Surprise me with a better program than\n{code}\nfor\n{goal}"),
]


def improve_algorithm(initial_solution, utility, language_model):
    best = initial_solution
    for temperature, recipe in RECIPES:
        text = recipe.format(code=f"```python\n{best}\n```", goal=utility.str)
        found = extract_code(language_model.prompt("Helpful coder", text, n_responses=6, temperature=temperature))
        best = max([best] + [c for c in found if c], key=utility)
    return best
