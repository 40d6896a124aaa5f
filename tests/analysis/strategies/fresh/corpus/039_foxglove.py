from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    temperature = 0.7
    plan = language_model.prompt(
        "Research lead",
        f"Read this program and its metric. Describe in words the best algorithm.\n{initial_solution}\n{utility.str}",
        n_responses=1,
        temperature=temperature,
    )[0]
    codes = language_model.prompt(
        "Programmer",
        f"Plan:\n{plan}\n\nRewrite this program after the plan:\n```python\n{initial_solution}\n```",
        n_responses=6,
        temperature=temperature,
    )
    options = [c for c in extract_code(codes) if c]
    options.append(initial_solution)
    return max(options, key=utility)
