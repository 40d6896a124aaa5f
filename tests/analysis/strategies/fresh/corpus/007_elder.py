from concurrent.futures import ThreadPoolExecutor

from helpers import extract_code

PANEL = ["mathematician", "systems engineer", "game theorist"]


def improve_algorithm(initial_solution, utility, language_model):
    def opinion(member):
        question = f"As a {member}, improve this:\n```python\n{initial_solution}\n```\n{utility.str}"
        return extract_code(language_model.prompt(f"You are a {member}.", question)[0])

    with ThreadPoolExecutor(max_workers=len(PANEL)) as pool:
        opinions = [o for o in pool.map(opinion, PANEL) if o]
    debate = "\n".join(f"Proposal of an expert:\n```python\n{o}\n```" for o in opinions)
    verdicts = language_model.prompt(
        "You chair a panel.", f"{debate}\n\nReconcile the proposals in one program.", n_responses=5
    )
    finals = [v for v in extract_code(verdicts) if v]
    return max(finals + opinions + [initial_solution], key=utility)
