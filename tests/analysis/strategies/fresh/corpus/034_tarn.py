from helpers import extract_code

FOCUSES = (
    "Concentrate on corner cases where the result is wrong or poor.",
    "Concentrate on a better algorithm, even if the code gets longer.",
    "Concentrate on removing wasted work.",
)


def improve_algorithm(initial_solution, utility, language_model):
    best, best_value = initial_solution, utility(initial_solution)
    beam = [initial_solution]
    for _ in range(min(3, language_model.budget)):
        messages = [
            f"{focus}\n\n```python\n{text}\n```\n\nObjective:\n{utility.str}"
            for text in beam
            for focus in FOCUSES
        ]
        layer = []
        for reply in language_model.batch_prompt("You improve programs.", messages):
            text = extract_code(reply)
            if text:
                layer.append((utility(text), text))
        layer.sort(reverse=True)
        beam = [text for _, text in layer[:2]] or beam
        if layer and layer[0][0] > best_value:
            best_value, best = layer[0]
    return best
