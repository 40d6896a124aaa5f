"""Programs that look like strategies that they do not use, each with those that it does use."""

from __future__ import annotations

NEGATIVE: dict[str, tuple[set[str], str]] = {
    "rounds that always start from the initial solution": (
        {"best_of_n"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    beam = [initial_solution]
    for generation in range(3):
        for restart in extract_code(language_model.prompt("Genetic expert", f"Mutate\\n{initial_solution}", 4)):
            if restart:
                beam.append(restart)
        beam = sorted(beam, key=utility, reverse=True)[:3]
    return beam[0]
""",
    ),
    "a chain without a choice": (
        set(),
        """
def improve_algorithm(initial_solution, utility, language_model):
    code = initial_solution
    for _ in range(4):
        code = extract_code(language_model.prompt("Coder", f"Improve\\n{code}", 1)[0]) or code
    return code
""",
    ),
    "a store that is only written": (
        {"best_of_n"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    cache = {}
    for code in extract_code(language_model.prompt("Coder", f"Improve\\n{initial_solution}", 6)):
        if code and code not in cache:
            cache[code] = utility(code)
    return max(cache, key=cache.get, default=initial_solution)
""",
    ),
    "texts seen before skipped": (
        {"greedy_iterative"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    best, top, seen = initial_solution, utility(initial_solution), set()
    for _ in range(3):
        for code in extract_code(language_model.prompt("Coder", f"Improve\\n{best}", 4)):
            if not code or code in seen:
                continue
            seen.add(code)
            value = utility(code)
            if value > top:
                best, top = code, value
    return best
""",
    ),
    "a pool of one worker": (
        {"best_of_n"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    codes = [c for c in extract_code(language_model.prompt("Coder", f"Improve\\n{initial_solution}", 6)) if c]
    codes.append(initial_solution)
    with ThreadPoolExecutor(max_workers=1) as pool:
        scores = list(pool.map(utility, codes))
    return codes[scores.index(max(scores))]
""",
    ),
    "threads that only clean texts": (
        {"best_of_n"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    answers = language_model.prompt("Coder", f"Improve\\n{initial_solution}", 6)
    with ThreadPoolExecutor(4) as pool:
        codes = [c for c in pool.map(extract_code, answers) if c]
    return max(codes + [initial_solution], key=utility)
""",
    ),
    "the same temperature everywhere": (
        {"greedy_iterative"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    best, temperature = initial_solution, 0.7
    for step in range(3):
        codes = [c for c in extract_code(language_model.prompt("Coder", f"Improve\\n{best}", 4, temperature=temperature)) if c]
        best = max([best] + codes, key=utility)
    return best
""",
    ),
    "a round-robin of hints with a tally": (
        {"prompt_variation", "greedy_iterative"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    arms = ["Use caching.", "Use sorting.", "Use sampling."]
    rewards = {a: 0.0 for a in arms}
    best = initial_solution
    for i in range(4):
        arm = arms[i % 3]
        codes = [c for c in extract_code(language_model.prompt("Coder", f"{arm}\\n{best}", 4)) if c]
        new = max([best] + codes, key=utility)
        rewards[arm] += utility(new) - utility(best)
        best = new
    return best
""",
    ),
    "a chance that never changes": (
        set(),
        """
def improve_algorithm(initial_solution, utility, language_model):
    state = best = initial_solution
    for _ in range(4):
        for code in extract_code(language_model.prompt("Annealer", f"Improve\\n{state}", 3)):
            if code and (utility(code) > utility(state) or random.random() < 0.1):
                state = code
            if utility(state) > utility(best):
                best = state
    return best
""",
    ),
    "the top k are only kept for the end": (
        {"greedy_iterative"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    archive = [initial_solution]
    for _ in range(3):
        leader = max(archive, key=utility)
        archive += [c for c in extract_code(language_model.prompt("Coder", f"Improve\\n{leader}", 4)) if c]
        archive = sorted(archive, key=utility, reverse=True)[:4]
    return archive[0]
""",
    ),
    "plan, then code": (
        {"greedy_iterative"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    best = initial_solution
    for _ in range(2):
        plan = language_model.prompt("Planner", f"How could this be sped up?\\n{best}", 1)[0]
        message = f"Plan:\\n{plan}\\n\\nCode:\\n{best}\\nFollow the plan."
        codes = [c for c in extract_code(language_model.prompt("Coder", message, 4)) if c]
        best = max([best] + codes, key=utility)
    return best
""",
    ),
    "a repair of what does not parse": (
        set(),
        """
def improve_algorithm(initial_solution, utility, language_model):
    code = extract_code(language_model.prompt("Coder", f"Improve\\n{initial_solution}", 1)[0]) or initial_solution
    for _ in range(2):
        try:
            ast.parse(code)
            break
        except SyntaxError:
            code = extract_code(language_model.prompt("Fixer", f"Make this valid Python\\n{code}", 1)[0]) or code
    return code if utility(code) > utility(initial_solution) else initial_solution
""",
    ),
    "lines moved": (
        set(),
        """
def improve_algorithm(initial_solution, utility, language_model):
    best = initial_solution
    for _ in range(10):
        lines = best.splitlines()
        i, j = random.randrange(len(lines)), random.randrange(len(lines))
        lines[i], lines[j] = lines[j], lines[i]
        trial = "\\n".join(lines)
        if utility(trial) > utility(best):
            best = trial
    return best
""",
    ),
}
