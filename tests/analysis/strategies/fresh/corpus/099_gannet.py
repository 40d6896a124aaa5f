import heapq
import itertools

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    """Plain beam search with a beam of three."""
    tick = itertools.count()
    beam = [(-utility(initial_solution), next(tick), initial_solution)]
    best = beam[0]
    for _ in range(4):
        neg, _, code = heapq.heappop(beam)
        request = (
            f"Current score: {-neg}\n```python\n{code}\n```\n"
            f"Objective:\n{utility.str}\nFind a better program."
        )
        for child in extract_code(language_model.prompt("Programmer", request, n_responses=3)):
            if child:
                entry = (-utility(child), next(tick), child)
                heapq.heappush(beam, entry)
                best = min(best, entry)
        if not beam:
            break
    return best[2]
