import ast

from helpers import extract_code


def normalise(code):
    try:
        return ast.unparse(ast.parse(code))
    except SyntaxError:
        return ""


def improve_algorithm(initial_solution, utility, language_model):
    """An ensemble of six experts votes on the final program."""
    answers = language_model.prompt(
        "Panel of six experts",
        "Vote on how to improve this program, then write it.\n"
        f"```python\n{initial_solution}\n```\n```python\n{utility.str}\n```",
        n_responses=6,
    )
    texts = [normalise(code) for code in extract_code(answers) if code]
    synthesis = "\n\n".join(texts)
    votes = {text: utility(text) for text in texts if text}
    votes[initial_solution] = utility(initial_solution)
    return max(votes, key=votes.get)
