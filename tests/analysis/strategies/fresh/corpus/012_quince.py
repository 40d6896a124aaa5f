from helpers import extract_code
import random


def improve_algorithm(initial_solution, utility, language_model):
    "Ensemble of experts"
    base = language_model.prompt(
        "Expert", "Improve this program\n```python\n" + initial_solution + "\n```", n_responses=5
    )
    members = [c for c in extract_code(base) if c]
    if len(members) < 3:
        return max(members + [initial_solution], key=utility)
    marks = [utility(m) for m in members]
    for _ in range(3):
        trials = []
        targets = random.sample(range(len(members)), min(4, len(members)))
        for t in targets:
            x, y = random.sample([i for i in range(len(members)) if i != t], 2)
            trials.append(
                f"Target:\n{members[t]}\n\nDonor one:\n{members[x]}\n\nDonor two:\n{members[y]}\n\n"
                "Apply the difference between the donors to the target; answer in a ```python block."
            )
        for t, code in zip(targets, extract_code(language_model.batch_prompt("Expert", trials))):
            if code is None:
                continue
            mark = utility(code)
            if mark > marks[t]:
                members[t], marks[t] = code, mark
    i = marks.index(max(marks))
    return members[i] if marks[i] > utility(initial_solution) else initial_solution
