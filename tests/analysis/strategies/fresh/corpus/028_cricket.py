from helpers import extract_code


def beam_search(candidates, utility, width=3):
    beam = sorted(candidates, key=utility, reverse=True)[:width]
    return beam[0]


def improve_algorithm(initial_solution, utility, language_model):
    prompt = f"""You are given a program:
```python
{initial_solution}
```
and the way it is scored:
```python
{utility.str}
```
Think step by step, list three weaknesses, then return an improved program."""
    [answer] = language_model.prompt("You are a world-class software engineer.", prompt)
    code = extract_code(answer)
    candidates = [initial_solution]
    if code is not None:
        candidates.append(code)
    return beam_search(candidates, utility)
