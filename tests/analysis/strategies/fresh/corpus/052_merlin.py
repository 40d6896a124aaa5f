import re

from helpers import extract_code

SWAPS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}


def improve_algorithm(initial_solution, utility, language_model):
    tail = f"\n```python\n{initial_solution}\n```\nScoring:\n{utility.str}"
    openings = ["Find and mend the errors in this program.", "Choose a wholly different algorithm for this program."]
    replies = language_model.batch_prompt("Expert", [o + tail for o in openings * 2])
    codes = [c for c in extract_code(replies) if c] or [initial_solution]
    best = max(codes, key=utility)
    value = utility(best)
    for match in list(re.finditer(r"(?<=\s)(<=|>=|<|>)(?=\s)", best))[:10]:
        trial = best[: match.start()] + SWAPS[match.group()] + best[match.end() :]
        if (v := utility(trial)) > value:
            return trial
    return best if value > utility(initial_solution) else initial_solution
