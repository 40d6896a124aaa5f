from helpers import extract_code


def rename(code, entry, suffix):
    return code.replace(f"def {entry}(", f"def {entry}_{suffix}(").replace(f" {entry}(", f" {entry}_{suffix}(")


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
            rename(a, entry, "a"),
            rename(b, entry, "b"),
            f"def {entry}(*args):\n    try:\n        return {entry}_a(*args)\n"
            f"    except Exception:\n        return {entry}_b(*args)",
        ]
    )
    return max([both, a, initial_solution], key=utility)
