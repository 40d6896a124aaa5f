from helpers import extract_code
import math


def improve_algorithm(initial_solution, utility, language_model):
    cache, played = {}, {0.3: [], 1.0: []}

    def evaluate(code):
        if code in cache:
            return cache[code]
        cache[code] = result = utility(code)
        return result

    def attractive(heat):
        past = played[heat]
        n = sum(map(len, played.values()))
        return sum(past) / len(past) + math.sqrt(2 * math.log(n) / len(past)) if past else 1e9

    code = initial_solution
    for _ in range(4):
        heat = max(played, key=attractive)
        reply = language_model.prompt(
            "Expert", f"Improve:\n```python\n{code}\n```\n{utility.str}", n_responses=4, temperature=heat
        )
        offers = [o for o in extract_code(reply) if o] or [code]
        played[heat].append(sum(map(evaluate, offers)) / len(offers))
        code = max(offers + [code], key=evaluate)
    return code
