from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    """Iterated merging of the two leading programs."""
    leaders = [(utility(initial_solution), initial_solution)]
    first = language_model.prompt(
        "Researcher", f"Beat this program:\n```python\n{initial_solution}\n```\n{utility.str}", n_responses=6
    )
    leaders += [(utility(c), c) for c in extract_code(first) if c]
    rounds = 0
    while rounds < 3 and len(leaders) > 1:
        leaders.sort(reverse=True)
        leaders = leaders[:5]
        (va, a), (vb, b) = leaders[0], leaders[1]
        message = (
            f"One program has fitness {va:.4f}:\n```python\n{a}\n```\n"
            f"another has fitness {vb:.4f}:\n```python\n{b}\n```\n"
            "Write an offspring that inherits what is good in each."
        )
        offspring = extract_code(language_model.prompt("Researcher", message, n_responses=4))
        leaders.extend((utility(c), c) for c in offspring if c)
        rounds += 1
    return max(leaders)[1]
