import ast
from threading import Thread

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    """Sequential improvement of the program as a whole."""
    nodes = [n for n in ast.parse(initial_solution).body if isinstance(n, ast.FunctionDef)][:3]
    texts = [ast.get_source_segment(initial_solution, n) for n in nodes]
    versions = {}

    def ask(text):
        replies = language_model.prompt(
            "Specialist for one function", f"Rewrite, same name and arguments:\n```python\n{text}\n```", n_responses=4
        )
        versions[text] = [v for v in extract_code(replies) if v]

    threads = [Thread(target=ask, args=(text,)) for text in texts]
    [t.start() for t in threads]
    [t.join() for t in threads]
    program, score = initial_solution, utility(initial_solution)
    for text in texts:
        tried = [(utility(program.replace(text, v)), program.replace(text, v)) for v in versions.get(text, [])]
        top = max(tried, default=(score, program))
        if top[0] > score:
            score, program = top
    return program
