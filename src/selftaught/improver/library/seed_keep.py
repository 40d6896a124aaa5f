"""The seed improver, with the initial solution among the candidates.

Source: Self-Taught Optimizer, 2023 (arXiv 2310.02304), the seed improver with one change
It differs from ``seed`` in that it never returns a program that scores below the one it was
given. It is what an improver found by self-improvement has to beat: keeping the initial
solution is a gain over ``seed`` that needs no search.
"""

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    """Return the best of the model's answers and the initial solution."""
    expertise = "You are a researcher in algorithms and an experienced Python programmer."
    message = f"""Here is a program to make better:

```python
{initial_solution}
```

This is how it is scored; a higher score is better:

```python
{utility.str}
```

Think of one idea that is new and worth trying, and say it in a sentence. Then write the whole
improved program in one Python code block."""
    n_messages = min(language_model.max_responses_per_call, utility.budget - 1)
    new_solutions = language_model.batch_prompt(expertise, [message] * n_messages, temperature=0.7)
    new_solutions = [solution for solution in extract_code(new_solutions) if solution]
    best_solution = max([initial_solution, *new_solutions], key=utility)
    return best_solution
