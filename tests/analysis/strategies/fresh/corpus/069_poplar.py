from helpers import extract_code

PERSONAS = ["a mathematician who likes closed forms", "a systems programmer who counts cycles"]


def improve_algorithm(initial_solution, utility, language_model):
    waiting = [(utility(initial_solution), initial_solution)]
    answer = waiting[0]
    for turn in range(4):
        waiting.sort()
        # usually the best one, every third time the runner-up
        at = -2 if turn % 3 == 2 and len(waiting) > 1 else -1
        _, code = waiting.pop(at)
        got = language_model.prompt(
            f"You are {PERSONAS[turn % 2]}.",
            f"Improve the program.\n```python\n{code}\n```\n```python\n{utility.str}\n```",
            n_responses=4,
        )
        waiting += [(utility(c), c) for c in extract_code(got) if c]
        if not waiting:
            break
        answer = max(answer, max(waiting))
    return answer[1]
