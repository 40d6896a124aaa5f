from helpers import extract_code


def beam(root, utility, language_model, width=2):
    layer = [root]
    seen = []
    for _depth in range(2):
        texts = [f"Improve:\n```python\n{c}\n```\nMetric:\n{utility.str}" for c in layer for _ in range(6 // len(layer))]
        found = {c for c in extract_code(language_model.batch_prompt("Programmer", texts)) if c}
        scored = sorted(((utility(c), c) for c in found), reverse=True)
        if not scored:
            break
        seen += scored
        layer = [c for _, c in scored[:width]]
    return max(seen, default=(utility(root), root))


def improve_algorithm(initial_solution, utility, language_model):
    results = []
    while len(results) < 2:
        results.append(beam(initial_solution, utility, language_model))
    value, code = max(results)
    return code if value > utility(initial_solution) else initial_solution
