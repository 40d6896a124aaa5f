from helpers import extract_code


class CachedUtility:
    """Memoizes the utility so that no program is evaluated twice."""

    def __init__(self, utility):
        self.utility = utility
        self.cache = {}

    def __call__(self, code):
        value = self.utility(code)
        self.cache[code] = value
        return value

    def ranking(self):
        return sorted(self.cache.items(), key=lambda item: item[1])


def improve_algorithm(initial_solution, utility, language_model):
    cached = CachedUtility(utility)
    cached(initial_solution)
    blocks = initial_solution.count("\ndef ") + 1
    requests = []
    for focus in ("correctness", "speed", "quality of the result"):
        request = (
            f"This program has about {blocks} functions. Improve its {focus}.\n"
            f"```python\n{initial_solution}\n```\nScore:\n```python\n{utility.str}\n```"
        )
        requests += [request, request]
    for code in extract_code(language_model.batch_prompt("Expert in Python", requests)):
        if code:
            cached(code)
    return cached.ranking()[-1][0]
