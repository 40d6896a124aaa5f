from helpers import extract_code


def vote_program(codes, entry):
    lines = []
    for number, code in enumerate(codes):
        lines.append(f"def member_{number}():")
        lines += ["    " + line for line in code.splitlines()]
        lines.append(f"    return {entry}")
    members = ", ".join(f"member_{number}()" for number in range(len(codes)))
    lines += [
        f"def {entry}(*args):",
        f"    outs = [f(*args) for f in ({members},)]",
        "    return max(outs, key=lambda o: sum(repr(o) == repr(p) for p in outs))",
    ]
    return "\n".join(lines)


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
