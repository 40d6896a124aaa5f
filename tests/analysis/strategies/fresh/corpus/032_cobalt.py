from concurrent.futures import ThreadPoolExecutor, as_completed
from queue import PriorityQueue

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    queue = PriorityQueue()
    start = utility(initial_solution)
    queue.put((-start, initial_solution))
    best = (start, initial_solution)
    with ThreadPoolExecutor(3) as executor:
        for _ in range(4):
            if queue.empty():
                break
            _, parent = queue.get()
            replies = language_model.prompt(
                "Program optimiser", f"Optimise:\n```python\n{parent}\n```\n{utility.str}", n_responses=5
            )
            jobs = {executor.submit(utility, c): c for c in extract_code(replies) if c}
            for job in as_completed(jobs):
                queue.put((-job.result(), jobs[job]))
                best = max(best, (job.result(), jobs[job]))
    return best[1]
