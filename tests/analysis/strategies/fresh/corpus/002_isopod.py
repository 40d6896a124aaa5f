import math
import random
from concurrent.futures import ThreadPoolExecutor, wait

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    state, score = initial_solution, utility(initial_solution)
    record = (score, state)
    warmth = 0.25
    with ThreadPoolExecutor(max_workers=6) as crew:
        while language_model.budget:
            text = f"Score {score:.4f} was measured for\n```python\n{state}\n```\nGive a variation.\n{utility.str}"
            codes = [c for c in extract_code(language_model.prompt("Explorer", text, n_responses=5)) if c]
            futures = [crew.submit(utility, c) for c in codes]
            wait(futures)
            for code, future in zip(codes, futures):
                new = future.result()
                record = max(record, (new, code))
                drop = max(0.0, score - new)
                if random.random() <= math.exp(-drop / warmth):
                    state, score = code, new
            warmth /= 3
    return record[1]
