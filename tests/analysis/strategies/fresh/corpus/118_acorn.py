from helpers import extract_code


class Node:
    def __init__(self, code, score, parent=None):
        self.code, self.score, self.parent = code, score, parent


def improve_algorithm(initial_solution, utility, language_model):
    """Monte-Carlo tree search over programs."""
    node = Node(initial_solution, utility(initial_solution))
    failures = []
    for _ in range(4):
        lost = "; ".join(f"{len(f.code.splitlines())} lines scored {f.score:.3f}" for f in failures[-5:])
        message = f"```python\n{node.code}\n```\nIts score: {node.score:.3f}. Failed attempts: {lost or 'none'}.\n{utility.str}"
        for code in extract_code(language_model.prompt("Researcher", message, n_responses=4)):
            if code is None:
                continue
            child = Node(code, utility(code), node)
            if child.score > node.score:
                node = child
            else:
                failures.append(child)
    return node.code
