from concurrent.futures import ThreadPoolExecutor

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    plan = language_model.prompt(
        "Architect",
        f"Split the work on this program into two helper functions, one a line:\n{initial_solution}\n{utility.str}",
    )[0]
    tasks = [line.strip("-* ") for line in plan.splitlines() if line.strip()][:2]

    def write(task):
        return extract_code(language_model.prompt("Developer", f"Write this helper: {task}")[0])

    with ThreadPoolExecutor(max_workers=2) as pool:
        helpers = [h for h in pool.map(write, tasks) if h]
    glue = extract_code(
        language_model.prompt(
            "Developer",
            "Use these helpers:\n" + "\n\n".join(helpers) + f"\nin this program:\n```python\n{initial_solution}\n```",
        )[0]
    )
    if glue and utility(glue) > utility(initial_solution):
        return glue
    return initial_solution
