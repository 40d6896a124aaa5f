import asyncio

from helpers import extract_code


async def score_one(code, utility):
    """Scores concurrently with the others."""
    return utility(code), code


async def score_all(codes, utility):
    return await asyncio.gather(*(score_one(code, utility) for code in codes))


def improve_algorithm(initial_solution, utility, language_model):
    answers = language_model.prompt(
        "Asynchronous systems expert",
        f"Please improve:\n```python\n{initial_solution}\n```\nmeasured by\n```python\n{utility.str}\n```",
        n_responses=6,
    )
    codes = [initial_solution, *filter(None, extract_code(answers))]
    return max(asyncio.run(score_all(codes, utility)))[1]
