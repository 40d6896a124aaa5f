from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    s0 = utility(initial_solution)
    code, score = initial_solution, s0
    champion, champion_score = code, score
    failures = 0
    for _ in range(4):
        text = f"""This program scores {score}. {failures} attempts to improve it have failed so far.
```python
{code}
```
{utility.str}"""
        cands = [c for c in extract_code(language_model.prompt("Analyst", text, n_responses=5)) if c]
        ranked = sorted(cands, key=utility)
        if ranked and utility(ranked[-1]) > score:
            code, score, failures = ranked[-1], utility(ranked[-1]), 0
        else:
            failures += 1
            code, score = initial_solution, s0
        if score > champion_score:
            champion, champion_score = code, score
    return champion
