import textwrap

from helpers import extract_code


def closure(code, entry, name):
    return f"def {name}():\n{textwrap.indent(code, '    ')}\n    return {entry}\n"


def improve_algorithm(initial_solution, utility, language_model):
    entry = initial_solution.rsplit("\ndef ", 1)[-1].split("(")[0].replace("def ", "").strip()
    ask = f"Make it better.\n```python\n{initial_solution}\n```\n{utility.str}"
    answers = [c for c in extract_code(language_model.prompt("Expert", ask, n_responses=6)) if c]
    answers.sort(key=utility, reverse=True)
    if len(answers) < 2:
        return max(answers + [initial_solution], key=utility)
    a, b = answers[:2]
    both = "\n\n".join(
        [
            closure(a, entry, "first"),
            closure(b, entry, "second"),
            f"def {entry}(*args):\n    try:\n        return first()(*args)\n"
            "    except Exception:\n        return second()(*args)",
        ]
    )
    return max([both, a, initial_solution], key=utility)
