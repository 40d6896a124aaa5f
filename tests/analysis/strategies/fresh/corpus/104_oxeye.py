from concurrent.futures import ThreadPoolExecutor

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    """Asks several experts in parallel and ensembles them."""
    bar = utility(initial_solution)
    text = f"Improve:\n```python\n{initial_solution}\n```\n{utility.str}"
    with ThreadPoolExecutor(max_workers=4) as pool:
        for _ in range(4):
            future = pool.submit(language_model.prompt, "Expert", text)
            code = extract_code(future.result()[0])
            if code and utility(code) > bar:
                return code
    return initial_solution
