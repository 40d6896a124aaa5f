import functools

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    score = functools.lru_cache(maxsize=None)(lambda text: utility(text))
    seen = [initial_solution]

    def explore(code, depth):
        """True when something better was found below `code`."""
        try:
            replies = language_model.prompt(
                "Code surgeon",
                f"Operate on this program to raise its score.\n```python\n{code}\n```\n{utility.str}",
                n_responses=4,
            )
        except RuntimeError:
            return False
        kids = sorted((k for k in extract_code(replies) if k), key=score, reverse=True)
        seen.extend(kids)
        if depth == 1:
            return any(score(k) > score(code) for k in kids)
        # on to the next sibling only after a fruitless subtree
        return any(explore(kid, depth - 1) for kid in kids[:3])

    explore(initial_solution, 3)
    return max(seen, key=score)
