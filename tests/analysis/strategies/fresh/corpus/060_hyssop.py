from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    observe = getattr(utility, "feedback", lambda code: f"score {utility(code)}")
    champion = initial_solution
    challengers = [initial_solution]
    while language_model.budget > 1:
        champion = sorted(challengers + [champion], key=utility)[-1]
        report = observe(champion)
        challengers = [
            code
            for code in extract_code(
                language_model.prompt(
                    "Debugger",
                    f"Program:\n```python\n{champion}\n```\nWhat was observed:\n{report}\nImprove it.",
                    n_responses=5,
                )
            )
            if code
        ]
    return max(challengers + [champion], key=utility)
