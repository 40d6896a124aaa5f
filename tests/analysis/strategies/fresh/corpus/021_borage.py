from helpers import extract_code


class Annealer:
    def __init__(self):
        self.temperature = 1.0
        self.stuck = 0

    def cool(self):
        self.temperature *= 0.6

    def reset(self):
        self.temperature, self.stuck = 1.0, 0


def improve_algorithm(initial_solution, utility, language_model):
    schedule = Annealer()
    kept, kept_score = initial_solution, utility(initial_solution)
    while language_model.budget > 0:
        texts = language_model.prompt(
            "Metallurgist of code",
            f"```python\n{kept}\n```\nRaise the score of this program.\n{utility.str}",
            n_responses=4,
            temperature=schedule.temperature,
        )
        rated = [(utility(c), c) for c in extract_code(texts) if c]
        top_score, top = max(rated, default=(kept_score, kept))
        if top_score > kept_score:
            kept, kept_score = top, top_score
            schedule.cool()
        else:
            schedule.stuck += 1
        if schedule.stuck == 2:
            schedule.reset()
    return kept
