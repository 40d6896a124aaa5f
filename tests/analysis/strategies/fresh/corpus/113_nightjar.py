from concurrent.futures import ThreadPoolExecutor
from functools import partial

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    message = f"Improve:\n```python\n{initial_solution}\n```\n{utility.str}"
    ask = partial(language_model.prompt, "Programmer", message, 5)
    with ThreadPoolExecutor(max_workers=3) as executor:
        batches = list(executor.map(lambda t: ask(temperature=t), (0.3, 0.7, 1.0)))
    codes = {c for batch in batches for c in extract_code(batch) if c}
    return max(codes | {initial_solution}, key=utility)
