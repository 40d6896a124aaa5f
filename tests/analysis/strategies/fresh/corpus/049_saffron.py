import numpy as np

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    def template(code):
        return "\n".join(
            ["Given the objective", utility.str, "improve this candidate:", "```python", code, "```"]
        )

    pool = [initial_solution] * 3
    values = np.array([utility(initial_solution)] * 3)
    record = (values[0], initial_solution)
    for creativity in np.linspace(1.1, 0.5, 3):
        raw = language_model.batch_prompt(
            "You write fast and correct code.",
            [template(code) for code in pool for _ in range(2)],
            temperature=float(creativity),
        )
        children = [code for code in extract_code(raw) if code]
        if not children:
            break
        scores = np.array([utility(code) for code in children])
        order = np.argsort(-scores)[:3]
        pool = [children[i] for i in order]
        values = scores[order]
        if values[0] > record[0]:
            record = (values[0], pool[0])
    return record[1]
