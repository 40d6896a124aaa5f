import asyncio

from helpers import extract_code


async def step(best, utility, language_model):
    text = f"Improve the code.\n```python\n{best}\n```\nIt is measured by\n{utility.str}"
    calls = [asyncio.to_thread(language_model.prompt, "Coder", text, 5) for _ in range(2)]
    answers = []
    for replies in await asyncio.gather(*calls):
        answers += [c for c in extract_code(replies) if c]
    return max([best] + answers, key=utility)


def improve_algorithm(initial_solution, utility, language_model):
    async def main():
        best = initial_solution
        for _restart in range(2):
            best = await step(best, utility, language_model)
        return best

    return asyncio.run(main())
