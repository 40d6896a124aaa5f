import ast
import threading


class Shift(ast.NodeTransformer):
    def __init__(self, index, delta):
        self.index, self.delta, self.seen = index, delta, -1

    def visit_Constant(self, node):
        if type(node.value) in (int, float):
            self.seen += 1
            if self.seen == self.index:
                return ast.Constant(node.value + self.delta)
        return node


def improve_algorithm(initial_solution, utility, language_model):
    memo = {}

    def measure(text):
        if text not in memo:
            memo[text] = utility(text)
        return memo[text]

    best = ast.unparse(ast.parse(initial_solution))
    for sweep in range(3):
        texts = [
            ast.unparse(Shift(i, d).visit(ast.parse(best))) for i in range(sweep * 3, sweep * 3 + 3) for d in (1, -1)
        ]
        crew = [threading.Thread(target=measure, args=(t,)) for t in set(texts)]
        for member in crew:
            member.start()
        for member in crew:
            member.join()
        best = max(texts + [best], key=measure)
    return max(best, initial_solution, key=measure)
