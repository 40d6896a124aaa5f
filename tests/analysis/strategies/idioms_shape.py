"""Ways of writing the shape of a search, each with the strategies that it uses."""

from __future__ import annotations

SHAPES: dict[str, tuple[set[str], str]] = {
    "best by a loop and a comparison": (
        {"best_of_n"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    best, best_score = initial_solution, float("-inf")
    answers = language_model.prompt("You write Python.", "Improve:\\n" + initial_solution, n_responses=6)
    for answer in answers:
        code = extract_code(answer)
        if not code:
            continue
        score = utility(code)
        if score > best_score:
            best, best_score = code, score
    return best
""",
    ),
    "best by a dictionary of scores": (
        {"best_of_n"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    table = {}
    for _ in range(3):
        for text in language_model.prompt("Coder", f"Improve\\n{initial_solution}", 4):
            code = extract_code(text)
            if code:
                table[code] = utility(code)
    if not table:
        return initial_solution
    return max(table.items(), key=lambda kv: kv[1])[0]
""",
    ),
    "best by a numpy argmax": (
        {"best_of_n"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    found = [c for c in extract_code(language_model.prompt("Coder", f"Improve\\n{initial_solution}", 5)) if c]
    found.append(initial_solution)
    scores = np.array([utility(c) for c in found])
    return found[int(np.argmax(scores))]
""",
    ),
    "best by indices": (
        {"best_of_n"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    pool = [initial_solution]
    for text in language_model.prompt("Coder", f"Improve\\n{initial_solution}", 5):
        code = extract_code(text)
        if code is not None:
            pool.append(code)
    scores = list(map(utility, pool))
    top = max(range(len(pool)), key=scores.__getitem__)
    return pool[top]
""",
    ),
    "best by a decorated sort": (
        {"best_of_n"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    rows = [(utility(initial_solution), 0, initial_solution)]
    texts = language_model.prompt("Coder", f"Improve\\n{initial_solution}", 6)
    for i, text in enumerate(texts, 1):
        code = extract_code(text)
        if code:
            rows.append((utility(code), -i, code))
    rows.sort(reverse=True)
    return rows[0][2]
""",
    ),
    "greedy while the budget lasts": (
        {"greedy_iterative", "feedback"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    state = {"code": initial_solution, "score": utility(initial_solution)}
    calls = 0
    while calls < language_model.budget:
        calls += 1
        message = "Current score: {score}\\n{code}".format(**state)
        replies = language_model.prompt("Expert", message, n_responses=4)
        for code in filter(None, extract_code(replies)):
            value = utility(code)
            if value > state["score"]:
                state = {"code": code, "score": value}
    return state["code"]
""",
    ),
    "greedy in an object": (
        {"greedy_iterative"},
        """
class Climber:
    def __init__(self, start, utility, model):
        self.utility = utility
        self.model = model
        self.best = start
        self.best_score = utility(start)

    def consider(self, code):
        score = self.utility(code)
        if score > self.best_score:
            self.best = code
            self.best_score = score
            return True
        return False

    def step(self):
        parts = ["Make this better:", "```python", self.best, "```"]
        for code in extract_code(self.model.prompt("Coder", "\\n".join(parts), 4)):
            if code:
                self.consider(code)

    def run(self):
        for _ in range(4):
            self.step()
        return self.best


def improve_algorithm(initial_solution, utility, language_model):
    return Climber(initial_solution, utility, language_model).run()
""",
    ),
    "greedy in a dataclass with an early stop": (
        {"greedy_iterative", "feedback"},
        """
@dataclass
class Entry:
    code: str
    score: float


def improve_algorithm(initial_solution, utility, language_model):
    current = Entry(initial_solution, utility(initial_solution))
    for _ in range(4):
        answers = language_model.prompt("Dev", f"Score {current.score}\\n{current.code}", n_responses=4)
        entries = [Entry(c, utility(c)) for c in extract_code(answers) if c]
        if not entries:
            break
        winner = max(entries, key=lambda e: e.score)
        if winner.score <= current.score:
            break
        current = winner
    return current.code
""",
    ),
    "greedy by recursion": (
        {"greedy_iterative"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    def climb(code, left):
        if left == 0:
            return code
        options = [c for c in extract_code(language_model.prompt("Coder", f"Improve\\n{code}", 5)) if c]
        return climb(max([code] + options, key=utility), left - 1)

    return climb(initial_solution, 4)
""",
    ),
    "two phases: sample, then refine the winner": (
        {"greedy_iterative"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    def sample(message):
        return [c for c in extract_code(language_model.prompt("Coder", message, 6)) if c]

    drafts = sample(f"Write a better version of\\n{initial_solution}")
    scored = sorted(((utility(d), d) for d in drafts), reverse=True)
    leader = scored[0][1] if scored else initial_solution
    refined = sample(f"Polish this program\\n{leader}")
    return max(refined + [leader, initial_solution], key=utility)
""",
    ),
    "beam of tuples": (
        {"beam_search"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    width = 2
    beam = [(utility(initial_solution), initial_solution)]
    for _ in range(2):
        expanded = list(beam)
        for _, code in beam:
            for new in extract_code(language_model.prompt("Coder", f"Improve\\n{code}", 3)):
                if new:
                    expanded.append((utility(new), new))
        expanded.sort(key=lambda pair: pair[0], reverse=True)
        beam = expanded[:width]
    return beam[0][1]
""",
    ),
    "beam of objects by nlargest": (
        {"beam_search"},
        """
@dataclass(order=True)
class Hypothesis:
    score: float
    code: str = field(compare=False)


def improve_algorithm(initial_solution, utility, language_model):
    beam = [Hypothesis(utility(initial_solution), initial_solution)]
    while language_model.budget > 0:
        prompts = [f"Improve\\n{h.code}" for h in beam]
        answers = language_model.batch_prompt("Coder", prompts)
        fresh = [Hypothesis(utility(c), c) for c in extract_code(answers) if c]
        beam = heapq.nlargest(3, beam + fresh)
    return max(beam).code
""",
    ),
    "beam in a class": (
        {"beam_search"},
        """
class Beam:
    def __init__(self, width, utility):
        self.width = width
        self.utility = utility
        self.items = []

    def offer(self, code):
        self.items.append((code, self.utility(code)))

    def prune(self):
        self.items.sort(key=lambda item: -item[1])
        del self.items[self.width:]


def improve_algorithm(initial_solution, utility, language_model):
    beam = Beam(3, utility)
    beam.offer(initial_solution)
    for _ in range(3):
        for code, _ in list(beam.items):
            for text in language_model.prompt("Coder", "Improve:\\n" + code, 2):
                new = extract_code(text)
                if new:
                    beam.offer(new)
        beam.prune()
    return beam.items[0][0]
""",
    ),
    "beam of a dictionary": (
        {"beam_search"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    alive = {initial_solution: utility(initial_solution)}
    for _ in range(2):
        pool = dict(alive)
        for code in alive:
            for new in extract_code(language_model.prompt("Coder", f"Rewrite\\n{code}", 3)):
                if new and new not in pool:
                    pool[new] = utility(new)
        order = sorted(pool, key=pool.get, reverse=True)
        alive = {code: pool[code] for code in order[:2]}
    return max(alive, key=alive.get)
""",
    ),
    "beam with a helper for the top k": (
        {"beam_search"},
        """
def top_k(codes, score, k):
    ranked = sorted(set(codes), key=score, reverse=True)
    return ranked[:k]


def improve_algorithm(initial_solution, utility, language_model):
    def expand(code):
        return [c for c in extract_code(language_model.prompt("Coder", f"Improve\\n{code}", 2)) if c]

    frontier = [initial_solution]
    for depth in range(2):
        children = []
        for code in frontier:
            children.extend(expand(code))
        frontier = top_k(frontier + children, utility, 3)
    return frontier[0]
""",
    ),
    "best-first with a heap and a counter": (
        {"tree_search"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    counter = itertools.count()
    frontier = []
    heapq.heappush(frontier, (-utility(initial_solution), next(counter), initial_solution))
    best = (utility(initial_solution), initial_solution)
    while frontier and language_model.budget > 0:
        _, _, code = heapq.heappop(frontier)
        for child in extract_code(language_model.prompt("Coder", f"Improve\\n{code}", 3)):
            if not child:
                continue
            value = utility(child)
            best = max(best, (value, child))
            heapq.heappush(frontier, (-value, next(counter), child))
    return best[1]
""",
    ),
    "best-first over nodes with a flag": (
        {"tree_search"},
        """
class Node:
    def __init__(self, code, value, depth=0):
        self.code = code
        self.value = value
        self.depth = depth
        self.expanded = False


def improve_algorithm(initial_solution, utility, language_model):
    nodes = [Node(initial_solution, utility(initial_solution))]
    for _ in range(4):
        waiting = [n for n in nodes if not n.expanded]
        if not waiting:
            break
        node = max(waiting, key=lambda n: n.value)
        node.expanded = True
        for code in extract_code(language_model.prompt("Coder", f"Improve\\n{node.code}", 3)):
            if code:
                nodes.append(Node(code, utility(code), node.depth + 1))
    return max(nodes, key=lambda n: n.value).code
""",
    ),
    "UCT with parents and visits": (
        {"tree_search", "bandit"},
        """
class Node:
    def __init__(self, code, parent=None):
        self.code, self.parent = code, parent
        self.children, self.visits, self.total = [], 0, 0.0

    def ucb(self):
        if self.visits == 0:
            return float("inf")
        return self.total / self.visits + math.sqrt(2 * math.log(self.parent.visits) / self.visits)


def improve_algorithm(initial_solution, utility, language_model):
    root = Node(initial_solution)
    best, best_value = initial_solution, utility(initial_solution)
    for _ in range(4):
        node = root
        while node.children:
            node = max(node.children, key=lambda c: c.ucb())
        for code in extract_code(language_model.prompt("Coder", f"Improve\\n{node.code}", 3)):
            if code:
                child = Node(code, node)
                node.children.append(child)
                value = utility(code)
                if value > best_value:
                    best, best_value = code, value
                walk = child
                while walk is not None:
                    walk.visits += 1
                    walk.total += value
                    walk = walk.parent
    return best
""",
    ),
    "depth first with a stack": (
        {"tree_search"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    stack = [(initial_solution, utility(initial_solution), 0)]
    best, best_value = stack[0][0], stack[0][1]
    calls = 0
    while stack and calls < 4:
        code, value, depth = stack.pop()
        if value > best_value:
            best, best_value = code, value
        if depth >= 3:
            continue
        calls += 1
        kids = [k for k in extract_code(language_model.prompt("Coder", f"Improve\\n{code}", 3)) if k]
        scored = sorted((utility(k), k) for k in kids)
        for v, k in scored:
            stack.append((k, v, depth + 1))
    return best
""",
    ),
    "frontier list with pop of the best index": (
        {"tree_search"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    open_set = [(initial_solution, utility(initial_solution))]
    closed = []
    for _ in range(4):
        if not open_set:
            break
        index = max(range(len(open_set)), key=lambda i: open_set[i][1])
        code, value = open_set.pop(index)
        closed.append((code, value))
        for child in extract_code(language_model.prompt("Coder", f"Improve\\n{code}", 3)):
            if child:
                open_set.append((child, utility(child)))
    return max(open_set + closed, key=lambda e: e[1])[0]
""",
    ),
    "frontier sorted, its first taken off": (
        {"tree_search"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    queue = [{"code": initial_solution, "score": utility(initial_solution)}]
    seen = list(queue)
    for _ in range(4):
        if not queue:
            break
        queue.sort(key=lambda n: n["score"], reverse=True)
        node = queue.pop(0)
        for child in extract_code(language_model.prompt("Coder", f"Improve\\n{node['code']}", 3)):
            if child:
                entry = {"code": child, "score": utility(child)}
                queue.append(entry)
                seen.append(entry)
    return max(seen, key=lambda n: n["score"])["code"]
""",
    ),
}
