import threading

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    bag, lock = [], threading.Lock()

    def worker(code, amount):
        text = "Here is a program:\n```python\n" + code + "\n```\nGive me a better one."
        answers = language_model.prompt("Expert", text, n_responses=amount)
        for found in extract_code(answers):
            if found:
                value = utility(found)
                with lock:
                    bag.append((value, found))

    worker(initial_solution, 6)
    chosen = sorted(bag, reverse=True)[:2]
    best = max(bag, default=(float("-inf"), initial_solution))
    bag.clear()
    threads = [threading.Thread(target=worker, args=(code, 4)) for _, code in chosen]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    chosen = sorted(bag, reverse=True)[:2]
    best = max([best] + chosen)
    return best[1] if best[0] > utility(initial_solution) else initial_solution
