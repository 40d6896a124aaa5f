import heapq

from helpers import extract_code


def best_first_search(start, utility, expand, steps):
    heap = [(-utility(start), start)]
    best = heap[0]
    for _ in range(steps):
        _, code = heapq.heappop(heap)
        heap.clear()
        for child in expand(code):
            heapq.heappush(heap, (-utility(child), child))
        if not heap:
            break
        best = min(best, heap[0])
    return best[1]


def improve_algorithm(initial_solution, utility, language_model):
    def expand(code):
        replies = language_model.prompt(
            "Search expert", f"Expand this node:\n```python\n{code}\n```\n{utility.str}", n_responses=5
        )
        return [c for c in extract_code(replies) if c]

    return best_first_search(initial_solution, utility, expand, 4)
