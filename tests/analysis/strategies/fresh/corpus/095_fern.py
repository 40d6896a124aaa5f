from concurrent.futures import ThreadPoolExecutor

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    cache = {}
    replies = language_model.prompt(
        "Expert", f"Improve:\n```python\n{initial_solution}\n```\n{utility.str}", n_responses=6
    )
    best, top = initial_solution, utility(initial_solution)
    with ThreadPoolExecutor(max_workers=1) as pool:
        for code in extract_code(replies):
            if not code:
                continue
            value = pool.submit(utility, code).result()
            cache[code] = value
            if value > top:
                best, top = code, value
    return best
