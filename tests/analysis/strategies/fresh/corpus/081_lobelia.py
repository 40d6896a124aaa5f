from helpers import extract_code


def select_beam(codes, utility, k=3):
    order = sorted(set(codes), key=utility)
    return order[-k:]


def improve_algorithm(initial_solution, utility, language_model):
    ask = f"Beam step: improve\n```python\n{initial_solution}\n```\n{utility.str}"
    codes = []
    for _ in range(2):
        codes += [c for c in extract_code(language_model.prompt("Beam searcher", ask, n_responses=6)) if c]
    beam = select_beam(codes, utility)
    if not beam:
        return initial_solution
    summary = [f"Rank {len(beam) - i}, score {utility(c):.3f}:\n```python\n{c}\n```" for i, c in enumerate(beam)]
    child = extract_code(
        language_model.prompt("Beam searcher", "\n".join(summary) + "\nUse all of these for one final program.")[0]
    )
    return max([c for c in (child, beam[-1], initial_solution) if c], key=utility)
