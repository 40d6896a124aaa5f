import asyncio

from helpers import extract_code


class Judge:
    def __init__(self, utility):
        self.utility, self.known = utility, {}

    async def mark(self, code):
        if code in self.known:
            return self.known[code]
        self.known[code] = await asyncio.to_thread(self.utility, code)
        return self.known[code]

    async def rank(self, codes):
        marks = await asyncio.gather(*map(self.mark, codes))
        return [code for _, code in sorted(zip(marks, codes), reverse=True)]


def improve_algorithm(initial_solution, utility, language_model):
    judge = Judge(utility)
    request = f"Improve this.\n```python\n{initial_solution}\n```\n{utility.str}"
    winners = [initial_solution]
    for _ in range(3):
        codes = [c for c in extract_code(language_model.prompt("Engineer", request, n_responses=6)) if c]
        winners = asyncio.run(judge.rank(sorted(set(codes + winners))))[:2]
    return winners[0]
