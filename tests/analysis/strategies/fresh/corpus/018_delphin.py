import ast

from helpers import extract_code


def get_functions(source):
    tree = ast.parse(source)
    return {n.name: ast.get_source_segment(source, n) for n in tree.body if isinstance(n, ast.FunctionDef)}


def one_pass(source, utility, language_model):
    value = utility(source)
    for name in list(get_functions(source))[:2]:
        old = get_functions(source).get(name)
        if old is None:
            continue
        replies = language_model.prompt(
            "Python developer",
            f"This is the module:\n{source}\n\nGive me a better `{name}` and nothing else.",
            n_responses=4,
        )
        for new in extract_code(replies):
            if not new:
                continue
            whole = source.replace(old, new)
            try:
                ast.parse(whole)
            except SyntaxError:
                continue
            if utility(whole) > value:
                source, value, old = whole, utility(whole), new
    return value, source


def improve_algorithm(initial_solution, utility, language_model):
    return max(one_pass(initial_solution, utility, language_model) for attempt in range(2))[1]
