import bisect

from helpers import extract_code


class TopList:
    def __init__(self, size):
        self.size, self.rows = size, []

    def push(self, value, code):
        bisect.insort(self.rows, (-value, code))
        del self.rows[self.size :]


def improve_algorithm(initial_solution, utility, language_model):
    base = utility(initial_solution)
    current = TopList(2)
    for code in extract_code(
        language_model.prompt(
            "Scientist", f"Improve\n```python\n{initial_solution}\n```\n{utility.str}", n_responses=6
        )
    ):
        if code:
            current.push(utility(code), code)
    champion = (base, initial_solution)
    for _ in range(3):
        if not current.rows:
            return champion[1]
        lead = -current.rows[0][0]
        if lead > champion[0]:
            champion = (lead, current.rows[0][1])
        ask = []
        for neg, code in current.rows:
            ask.append(
                f"```python\n{code}\n```\nThis is at {-neg:.5f}; the best known program is at "
                f"{champion[0]:.5f}. Close the gap and go beyond it."
            )
        following = TopList(2)
        for code in extract_code(language_model.batch_prompt("Scientist", ask * 2)):
            if code:
                following.push(utility(code), code)
        current = following
    if current.rows and -current.rows[0][0] > champion[0]:
        return current.rows[0][1]
    return champion[1]
