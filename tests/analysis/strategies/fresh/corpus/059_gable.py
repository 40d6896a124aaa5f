from helpers import extract_code


class Improver:
    def __init__(self, utility, language_model):
        self.u, self.m = utility, language_model

    def ask(self, text, n=4):
        return [c for c in extract_code(self.m.prompt("Software engineer", text, n_responses=n)) if c]

    def refine(self, code):
        options = self.ask(f"Refine:\n```python\n{code}\n```\n{self.u.str}")
        return max(options + [code], key=self.u)

    def merge(self, one, two):
        return self.ask(f"Merge A and B.\nA:\n```python\n{one}\n```\nB:\n```python\n{two}\n```", 3)


def improve_algorithm(initial_solution, utility, language_model):
    improver = Improver(utility, language_model)
    main_line = improver.refine(improver.refine(initial_solution))
    outsider = improver.ask(f"Write an unusual program for this goal:\n{utility.str}", 1)
    if not outsider:
        return main_line
    return max(improver.merge(main_line, outsider[0]) + [main_line], key=utility)
