from helpers import extract_code


def vote_program(codes, entry):
    renamed = [c.replace(f"{entry}(", f"{entry}_{i}(") for i, c in enumerate(codes)]
    calls = ", ".join(f"{entry}_{i}" for i in range(len(codes)))
    tail = (
        f"def {entry}(*args):\n"
        f"    outs = [f(*args) for f in ({calls},)]\n"
        "    return max(outs, key=lambda o: sum(repr(o) == repr(p) for p in outs))\n"
    )
    return "\n\n".join(renamed + [tail])


def improve_algorithm(initial_solution, utility, language_model):
    memo = {}

    def rate(code):
        if (known := memo.get(code)) is not None:
            return known
        memo[code] = utility(code)
        return memo[code]

    entry = [line for line in initial_solution.splitlines() if line.startswith("def ")][-1][4:].split("(")[0]
    replies = language_model.prompt(
        "Ensemble methods expert", f"Improve:\n```python\n{initial_solution}\n```\n{utility.str}", n_responses=6
    )
    codes = sorted({c for c in extract_code(replies) if c}, key=rate, reverse=True)
    options = codes[:1] + [initial_solution]
    if len(codes) >= 3:
        options.append(vote_program(codes[:3], entry))
    return max(options, key=rate)
