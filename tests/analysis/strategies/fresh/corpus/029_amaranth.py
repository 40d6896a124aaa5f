from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    expertise = "You are an expert programmer."
    drafts = extract_code(
        language_model.prompt(
            expertise, f"Improve\n```python\n{initial_solution}\n```\nScore:\n{utility.str}", n_responses=6
        )
    )
    ranked = sorted((d for d in drafts if d), key=utility, reverse=True)[:3]
    if len(ranked) < 2:
        return max(ranked + [initial_solution], key=utility)
    listing = "\n\n".join(f"Program {i + 1}:\n```python\n{d}\n```" for i, d in enumerate(ranked))
    final = language_model.prompt(
        expertise, f"{listing}\n\nWrite a single program with the best ideas of all of these.", n_responses=4
    )
    return max([f for f in extract_code(final) if f] + ranked + [initial_solution], key=utility)
