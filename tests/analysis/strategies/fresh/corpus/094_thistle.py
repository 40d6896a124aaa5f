from helpers import extract_code


class Tree:
    def __init__(self, code, value, parent=None):
        self.code, self.value, self.parent, self.children = code, value, parent, []

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()


def improve_algorithm(initial_solution, utility, language_model):
    root = Tree(initial_solution, utility(initial_solution))
    for _ in range(4):
        leaves = [n for n in root.walk() if not n.children]
        leaf = max(leaves, key=lambda n: n.value)
        siblings = leaf.parent.children if leaf.parent else []
        tried = ", ".join(f"{s.value:.3f}" for s in siblings) or "none yet"
        replies = language_model.prompt(
            "You are an algorithm engineer.",
            f"Other attempts scored: {tried}.\nImprove this one:\n```python\n{leaf.code}\n```",
            n_responses=3,
        )
        for code in extract_code(replies):
            if code:
                leaf.children.append(Tree(code, utility(code), leaf))
    return max(root.walk(), key=lambda n: n.value).code
