"""Ways of writing prompts and of making candidates, each with the strategies that it uses."""

from __future__ import annotations

WORDS: dict[str, tuple[set[str], str]] = {
    "hints by modulo": (
        {"prompt_variation", "greedy_iterative"},
        """
HINTS = ["Vectorise it.", "Use a better heuristic.", "Tune the constants."]


def improve_algorithm(initial_solution, utility, language_model):
    best = initial_solution
    for i in range(4):
        message = f"{HINTS[i % len(HINTS)]}\\n```python\\n{best}\\n```"
        codes = [c for c in extract_code(language_model.prompt("Coder", message, 4)) if c]
        best = max([best, *codes], key=utility)
    return best
""",
    ),
    "personas in a batch": (
        {"prompt_variation", "best_of_n"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    angles = {"speed": "Make it faster.", "quality": "Make it find better results."}
    batch = ["%s\\n%s" % (text, initial_solution) for text in angles.values()]
    codes = [c for c in extract_code(language_model.batch_prompt("Coder", batch)) if c]
    return max(codes + [initial_solution], key=utility)
""",
    ),
    "templates drawn at random": (
        {"prompt_variation", "greedy_iterative"},
        """
TEMPLATES = (
    "Improve this code:\\n{code}",
    "Here is a program:\\n{code}\\nWrite a cleverer one.",
    "Rewrite from another angle:\\n{code}",
)


def improve_algorithm(initial_solution, utility, language_model):
    best = initial_solution
    for _ in range(3):
        message = random.choice(TEMPLATES).format(code=best)
        codes = [c for c in extract_code(language_model.prompt("Coder", message, 4)) if c]
        best = max([best, *codes], key=utility)
    return best
""",
    ),
    "wording by a condition": (
        {"prompt_variation", "greedy_iterative"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    best, stuck = initial_solution, 0
    for _ in range(4):
        if stuck:
            tone = "Try something radically different."
        else:
            tone = "Make a small refinement."
        codes = [c for c in extract_code(language_model.prompt("Coder", tone + "\\n" + best, 4)) if c]
        new = max([best, *codes], key=utility)
        stuck = stuck + 1 if new == best else 0
        best = new
    return best
""",
    ),
    "wording passed to a function of one's own": (
        {"prompt_variation", "best_of_n"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    def ask(focus):
        message = "Improve the program below. Focus: {}.\\n{}".format(focus, initial_solution)
        return [c for c in extract_code(language_model.prompt("Coder", message, 3)) if c]

    codes = ask("numerical accuracy") + ask("search depth")
    return max(codes + [initial_solution], key=utility)
""",
    ),
    "history as lines of scores": (
        {"feedback", "greedy_iterative"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    best, top = initial_solution, utility(initial_solution)
    history = [f"start: {top:.3f}"]
    for step in range(4):
        message = "So far:\\n" + "\\n".join(history[-5:]) + "\\nImprove:\\n" + best
        for code in extract_code(language_model.prompt("Coder", message, 3)):
            if not code:
                continue
            value = utility(code)
            history.append(f"step {step}: {value:.3f}")
            if value > top:
                best, top = code, value
    return best
""",
    ),
    "errors told": (
        {"feedback", "greedy_iterative"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    best, top, error = initial_solution, utility(initial_solution), ""
    for _ in range(4):
        message = f"Improve\\n{best}"
        if error:
            message += f"\\nThe last attempt did not compile: {error}"
        for code in extract_code(language_model.prompt("Coder", message, 3)):
            if not code:
                continue
            try:
                compile(code, "<code>", "exec")
            except SyntaxError as problem:
                error = str(problem)
                continue
            value = utility(code)
            if value > top:
                best, top = code, value
    return best
""",
    ),
    "a critique in between": (
        {"feedback", "greedy_iterative"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    best = initial_solution
    for _ in range(2):
        critique = language_model.prompt("Reviewer", f"List the weaknesses of\\n{best}", 1)[0]
        message = f"Code:\\n{best}\\nReview:\\n{critique}\\nFix what was found."
        codes = [c for c in extract_code(language_model.prompt("Coder", message, 5)) if c]
        best = max([best, *codes], key=utility)
    return best
""",
    ),
    "failed attempts listed": (
        {"feedback", "greedy_iterative"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    best, top = initial_solution, utility(initial_solution)
    rejected = []
    for _ in range(4):
        lines = ["Improve this:", best]
        if rejected:
            lines.append("These attempts were worse, avoid them:")
            lines.extend(rejected[-2:])
        for code in extract_code(language_model.prompt("Coder", "\\n\\n".join(lines), 3)):
            if not code:
                continue
            value = utility(code)
            if value > top:
                best, top = code, value
            else:
                rejected.append(code)
    return best
""",
    ),
    "functions by ast, one prompt each": (
        {"decomposition", "best_of_n"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    tree = ast.parse(initial_solution)
    functions = [n for n in tree.body if isinstance(n, ast.FunctionDef)]
    best, top = initial_solution, utility(initial_solution)
    for function in functions[:4]:
        source = ast.get_source_segment(initial_solution, function)
        replies = language_model.prompt("Coder", f"Improve this function only:\\n{source}", 4)
        for code in extract_code(replies):
            if not code:
                continue
            trial = best.replace(source, code)
            value = utility(trial)
            if value > top:
                best, top = trial, value
    return best
""",
    ),
    "functions by their names": (
        {"decomposition", "greedy_iterative"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    names = re.findall(r"^def (\\w+)", initial_solution, re.M)
    best, top = initial_solution, utility(initial_solution)
    for name in names[:4]:
        message = f"Improve only the function {name} and return the whole file.\\n{best}"
        for code in extract_code(language_model.prompt("Coder", message, 4)):
            if code and utility(code) > top:
                best, top = code, utility(code)
    return best
""",
    ),
    "a plan by the model worked off": (
        {"decomposition", "greedy_iterative"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    outline = language_model.prompt("Architect", f"Split the work on this into numbered steps.\\n{initial_solution}", 1)[0]
    tasks = re.findall(r"^\\s*\\d+[.)]\\s*(.+)$", outline, re.M)[:3]
    program = initial_solution
    for task in tasks:
        message = f"Do this task and nothing else: {task}\\n\\n{program}"
        codes = [c for c in extract_code(language_model.prompt("Coder", message, 4)) if c]
        program = max([program, *codes], key=utility)
    return program
""",
    ),
    "a fixed list of sub-tasks worked off": (
        {"decomposition", "greedy_iterative"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    steps = ["First fix the initialisation only.", "Then improve the inner loop only.", "Finally tune the stopping rule only."]
    program = initial_solution
    for step in steps:
        codes = [c for c in extract_code(language_model.prompt("Coder", f"{step}\\n{program}", 4)) if c]
        program = max([program] + codes, key=utility)
    return program
""",
    ),
    "blocks split by blank lines": (
        {"decomposition", "best_of_n"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    chunks = re.split(r"\\n(?=def )", initial_solution)
    for i in range(min(len(chunks), 4)):
        message = "Rewrite this piece of a program:\\n" + chunks[i]
        for code in extract_code(language_model.prompt("Coder", message, 4)):
            if not code:
                continue
            trial = chunks[:i] + [code] + chunks[i + 1 :]
            if utility("\\n".join(trial)) > utility("\\n".join(chunks)):
                chunks = trial
    return "\\n".join(chunks)
""",
    ),
    "functions kept in a dictionary": (
        {"decomposition", "best_of_n"},
        """
def split(code):
    tree = ast.parse(code)
    return {node.name: ast.unparse(node) for node in tree.body if isinstance(node, ast.FunctionDef)}


def improve_algorithm(initial_solution, utility, language_model):
    parts = split(initial_solution)
    score = utility(initial_solution)
    for name in list(parts)[:4]:
        for code in extract_code(language_model.prompt("Coder", f"Improve {name}:\\n{parts[name]}", 4)):
            if not code:
                continue
            trial = dict(parts)
            trial[name] = code
            value = utility("\\n\\n".join(trial.values()))
            if value > score:
                parts, score = trial, value
    return "\\n\\n".join(parts.values())
""",
    ),
    "digits changed by re.sub": (
        {"character_search", "best_of_n"},
        """
def jitter(code):
    return re.sub(r"\\b\\d+\\b", lambda m: str(max(1, int(int(m.group()) * random.uniform(0.5, 2)))), code)


def improve_algorithm(initial_solution, utility, language_model):
    codes = [c for c in extract_code(language_model.prompt("Coder", f"Improve\\n{initial_solution}", 5)) if c]
    best = max(codes + [initial_solution], key=utility)
    for _ in range(10):
        trial = jitter(best)
        if utility(trial) > utility(best):
            best = trial
    return best
""",
    ),
    "one number changed by position": (
        {"character_search"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    best, top = initial_solution, utility(initial_solution)
    for _ in range(15):
        spots = [m for m in re.finditer(r"\\d+", best)]
        if not spots:
            break
        spot = random.choice(spots)
        number = int(spot.group(0)) + random.choice([-1, 1])
        trial = best[: spot.start()] + str(number) + best[spot.end() :]
        value = utility(trial)
        if value > top:
            best, top = trial, value
    return best
""",
    ),
    "one character changed": (
        {"character_search"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    best = initial_solution
    for _ in range(20):
        chars = list(best)
        chars[random.randrange(len(chars))] = random.choice("0123456789+-*")
        trial = "".join(chars)
        if utility(trial) > utility(best):
            best = trial
    return best
""",
    ),
    "constants changed in the tree": (
        {"character_search"},
        """
class Nudge(ast.NodeTransformer):
    def visit_Constant(self, node):
        if isinstance(node.value, int) and not isinstance(node.value, bool):
            return ast.copy_location(ast.Constant(node.value + random.randint(-2, 2)), node)
        return node


def improve_algorithm(initial_solution, utility, language_model):
    best = initial_solution
    for _ in range(10):
        trial = ast.unparse(Nudge().visit(ast.parse(best)))
        if utility(trial) > utility(best):
            best = trial
    return best
""",
    ),
    "operators swapped": (
        {"character_search"},
        """
SWAPS = [("<", "<="), ("+", "-"), ("*", "/"), ("True", "False")]


def improve_algorithm(initial_solution, utility, language_model):
    best, top = initial_solution, utility(initial_solution)
    for old, new in SWAPS:
        trial = best.replace(old, new, 1)
        value = utility(trial)
        if value > top:
            best, top = trial, value
    return best
""",
    ),
    "tokens changed": (
        {"character_search"},
        """
def mutate(code, rng):
    tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    numbers = [i for i, t in enumerate(tokens) if t.type == tokenize.NUMBER]
    if not numbers:
        return code
    i = rng.choice(numbers)
    tokens[i] = tokens[i]._replace(string=str(rng.randint(1, 9)))
    return tokenize.untokenize([(t.type, t.string) for t in tokens])


def improve_algorithm(initial_solution, utility, language_model):
    rng = random.Random(0)
    return max([initial_solution] + [mutate(initial_solution, rng) for _ in range(10)], key=utility)
""",
    ),
    "synthesis of the top three at the end": (
        {"ensemble"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    codes = [c for c in extract_code(language_model.prompt("Coder", f"Improve\\n{initial_solution}", 6)) if c]
    top = sorted(codes, key=utility, reverse=True)[:3]
    shown = "\\n\\n".join(f"Program {i}:\\n{c}" for i, c in enumerate(top))
    merged = [c for c in extract_code(language_model.prompt("Coder", "Combine the best ideas.\\n" + shown, 4)) if c]
    return max(codes + merged + [initial_solution], key=utility)
""",
    ),
    "synthesis of first and second": (
        {"ensemble"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    scored = [(utility(c), c) for c in extract_code(language_model.prompt("Coder", f"Improve\\n{initial_solution}", 6)) if c]
    scored.append((utility(initial_solution), initial_solution))
    scored.sort(reverse=True)
    if len(scored) < 2:
        return scored[0][1]
    (_, first), (_, second) = scored[:2]
    final = language_model.prompt("Editor", f"Merge A and B.\\nA:\\n{first}\\nB:\\n{second}", 4)
    for code in extract_code(final):
        if code:
            scored.append((utility(code), code))
    return max(scored)[1]
""",
    ),
    "a program that calls several": (
        {"ensemble", "best_of_n"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    codes = [c for c in extract_code(language_model.prompt("Coder", f"Improve\\n{initial_solution}", 6)) if c]
    top = sorted(codes, key=utility, reverse=True)[:3]
    lines = ["SOURCES = " + repr(top), "def solve(*args):", "    results = []"]
    lines += ["    for s in SOURCES:", "        space = {}", "        exec(s, space)", "        results.append(space['solve'](*args))"]
    lines += ["    return max(set(results), key=results.count)"]
    voted = "\\n".join(lines)
    return max(top + [voted, initial_solution], key=utility)
""",
    ),
    "a vote by count": (
        {"ensemble"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    codes = [c.strip() for c in extract_code(language_model.prompt("Coder", f"Improve\\n{initial_solution}", 6)) if c]
    if not codes:
        return initial_solution
    votes = Counter(codes)
    winner, _ = votes.most_common(1)[0]
    return winner if utility(winner) > utility(initial_solution) else initial_solution
""",
    ),
    "functions of several answers put together": (
        {"ensemble", "best_of_n"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    codes = [c for c in extract_code(language_model.prompt("Coder", f"Improve\\n{initial_solution}", 6)) if c]
    codes.sort(key=utility, reverse=True)
    pieces = {}
    for code in codes[:3]:
        for node in ast.parse(code).body:
            if isinstance(node, ast.FunctionDef):
                pieces.setdefault(node.name, ast.unparse(node))
    composed = "\\n\\n".join(pieces.values())
    return max(codes + [composed, initial_solution], key=utility)
""",
    ),
}
