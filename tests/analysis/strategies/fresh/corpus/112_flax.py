from helpers import extract_code


def climb(start, utility, language_model):
    best, value = start, utility(start)
    for _ in range(2):
        ask = f"```python\n{best}\n```\nPlease improve this with regard to\n{utility.str}"
        for code in extract_code(language_model.prompt("Developer", ask, n_responses=4)):
            if code and utility(code) > value:
                best, value = code, utility(code)
    return best


def improve_algorithm(initial_solution, utility, language_model):
    return max([climb(initial_solution, utility, language_model) for _ in range(2)], key=utility)
