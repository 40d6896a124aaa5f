from helpers import extract_code

AIMS = {"quality": "Raise the quality of its results.", "speed": "Let it do more in the same time."}


def improve_algorithm(initial_solution, utility, language_model):
    def codes_for(messages):
        return {c for c in extract_code(language_model.batch_prompt("Expert in Python", messages)) if c}

    def cut(codes):
        return sorted(codes, key=utility, reverse=True)[:2]

    two = cut(
        codes_for([f"{aim}\n```python\n{initial_solution}\n```\n{utility.str}" for aim in AIMS.values() for _ in "abc"])
    )
    for _ in range(2):
        two = cut(
            codes_for([f"{aim}\n```python\n{code}\n```\n{utility.str}" for code in two for aim in AIMS.values()])
            | set(two)
        ) if two else two
    if len(two) == 2:
        fusion = f"These are two good programs:\n```python\n{two[0]}\n```\n```python\n{two[1]}\n```\nFuse them."
        two += codes_for([fusion] * 4)
    return max(two + [initial_solution], key=utility)
