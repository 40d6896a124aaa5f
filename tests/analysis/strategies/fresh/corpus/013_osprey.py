from dataclasses import dataclass
from heapq import nlargest

from helpers import extract_code


@dataclass(order=True)
class Node:
    value: float
    text: str
    depth: int = 0


def expand(node, utility, language_model, amount):
    message = f"""The program below reached a score of {node.value:.4f}.
```python
{node.text}
```
Scores are computed by:
{utility.str}
Return a complete program with a higher score."""
    for answer in language_model.prompt("Algorithm designer", message, n_responses=amount):
        text = extract_code(answer)
        if text:
            yield Node(utility(text), text, node.depth + 1)


def improve_algorithm(initial_solution, utility, language_model):
    root = Node(utility(initial_solution), initial_solution)
    frontier = nlargest(2, expand(root, utility, language_model, 6))
    best = max([root] + frontier)
    children = []
    for node in frontier:
        children.extend(expand(node, utility, language_model, 4))
    frontier = nlargest(2, children)
    return max([best] + frontier).text
