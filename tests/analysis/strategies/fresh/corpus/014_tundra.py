import math

from helpers import extract_code


class Node:
    def __init__(self, code, parent=None):
        self.code, self.parent = code, parent
        self.children, self.visits, self.total = [], 0, 0.0

    def ucb(self):
        if not self.visits:
            return math.inf
        return self.total / self.visits + math.sqrt(2 * math.log(self.parent.visits) / self.visits)


def improve_algorithm(initial_solution, utility, language_model):
    root = Node(initial_solution)
    best, best_value = initial_solution, utility(initial_solution)
    root.visits, root.total = 1, best_value
    for _ in range(4):
        node = root
        while node.children:
            node = max(node.children, key=Node.ucb)
            if not node.children:
                break
        replies = language_model.prompt(
            "Expert", f"Improve:\n```python\n{node.code}\n```\n{utility.str}", n_responses=3
        )
        for code in filter(None, extract_code(replies)):
            child = Node(code, node)
            node.children.append(child)
            value = utility(code)
            if value > best_value:
                best, best_value = code, value
            walker = child
            while walker is not None:
                walker.visits += 1
                walker.total += value
                walker = walker.parent
    return best
