import math
import random
from concurrent.futures import ThreadPoolExecutor

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    rng = random.Random(3)
    at, value = initial_solution, utility(initial_solution)
    top = (value, at)
    for k in (1, 2):
        kelvin = 0.3 / k
        message = f"Take one step from here:\n```python\n{at}\n```\n{utility.str}"
        with ThreadPoolExecutor() as pool:
            calls = [pool.submit(language_model.prompt, "Explorer", message, 4) for _ in range(2)]
        for call in calls:
            for code in extract_code(call.result()):
                if not code:
                    continue
                new = utility(code)
                top = max(top, (new, code))
                if rng.random() < 1 / (1 + math.exp((value - new) / kelvin)):
                    at, value = code, new
    return top[1]
