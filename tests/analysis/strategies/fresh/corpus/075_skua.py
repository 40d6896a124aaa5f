from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    def offspring(code, value, gain):
        message = (
            f"The last edit changed the score by {gain:+.4f}.\n```python\n{code}\n```\n"
            f"Edit this program once more.\n{utility.str}"
        )
        replies = language_model.prompt("Editor", message, n_responses=4)
        rated = sorted(((utility(c), c) for c in extract_code(replies) if c), reverse=True)
        return iter([(v, c, v - value) for v, c in rated])

    start = utility(initial_solution)
    record = (start, initial_solution)
    stack = [offspring(initial_solution, start, 0.0)]
    while stack and language_model.budget > 0:
        step = next(stack[-1], None)
        if step is None:
            stack.pop()
            continue
        value, code, gain = step
        record = max(record, (value, code))
        if gain > 0:
            stack.append(offspring(code, value, gain))
        elif len(stack) > 1:
            stack.pop()
        else:
            break
    return record[1]
