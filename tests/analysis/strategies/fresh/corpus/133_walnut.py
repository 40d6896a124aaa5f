from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    open_set = [{"code": initial_solution, "score": utility(initial_solution), "depth": 0}]
    closed = []
    while open_set and language_model.budget > 0:
        node = max(open_set, key=lambda n: n["score"] - 0.05 * n["depth"])
        open_set.remove(node)
        closed.append(node)
        replies = language_model.prompt(
            "Expert in heuristics",
            f"```python\n{node['code']}\n```\nImprove with respect to:\n{utility.str}",
            n_responses=4,
            temperature=1.0 / (1 + node["depth"]),
        )
        for code in extract_code(replies):
            if code:
                open_set.append(
                    {"code": code, "score": utility(code), "depth": node["depth"] + 1}
                )
    return max(open_set + closed, key=lambda n: n["score"])["code"]
