from helpers import extract_code


def problem_of(code):
    try:
        compile(code, "<answer>", "exec")
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    return ""


def improve_algorithm(initial_solution, utility, language_model):
    best, score = initial_solution, utility(initial_solution)
    warmth, complaint = 0.4, ""
    for _ in range(4):
        text = f"Improve:\n```python\n{best}\n```\n{utility.str}\n"
        if complaint:
            text += f"Beware: an earlier answer failed with {complaint}"
        progress = False
        for code in extract_code(language_model.prompt("Coder", text, n_responses=4, temperature=warmth)):
            if not code:
                continue
            problem = problem_of(code)
            if problem:
                complaint = problem
                continue
            value = utility(code)
            if value > score:
                best, score, progress = code, value, True
        warmth = 0.4 if progress else min(1.2, warmth + 0.3)
    return best
