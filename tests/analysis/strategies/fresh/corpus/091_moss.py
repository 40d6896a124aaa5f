from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    blocks = initial_solution.split("\n\n")
    value = utility(initial_solution)
    order = sorted(range(len(blocks)), key=lambda i: -len(blocks[i]))[:4]
    for rank, i in enumerate(order):
        context = "\n\n".join(blocks)
        message = f"File:\n{context}\n\nImprove only this block:\n```python\n{blocks[i]}\n```"
        for answer in language_model.prompt("Editor", message, n_responses=4, temperature=1 - 0.2 * rank):
            block = extract_code(answer)
            if not block:
                continue
            trial = "\n\n".join(blocks[:i] + [block] + blocks[i + 1 :])
            trial_value = utility(trial)
            if trial_value > value:
                blocks[i], value = block, trial_value
    return "\n\n".join(blocks)
