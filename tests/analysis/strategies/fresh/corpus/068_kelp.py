import heapq
import re


def neighbours(text):
    for m in re.finditer(r"\d", text):
        digit = int(m.group())
        for other in (digit - 1, digit + 1):
            if 0 <= other <= 9:
                yield text[: m.start()] + str(other) + text[m.end() :]


def improve_algorithm(initial_solution, utility, language_model):
    spent = 1
    queue = [(-utility(initial_solution), initial_solution)]
    visited = {initial_solution}
    best = queue[0]
    while queue and spent < 24:
        _, text = heapq.heappop(queue)
        for i, near in enumerate(neighbours(text)):
            if near in visited or spent >= 24 or i >= 6:
                continue
            visited.add(near)
            spent += 1
            item = (-utility(near), near)
            heapq.heappush(queue, item)
            best = min(best, item)
    return best[1]
