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
    "genetic by tournament and crossover": (
        {"genetic_algorithm"},
        """
def tournament(population, k=2):
    return max(random.sample(population, min(k, len(population))), key=lambda m: m[1])


def improve_algorithm(initial_solution, utility, language_model):
    population = [(initial_solution, utility(initial_solution))]
    for code in extract_code(language_model.prompt("Coder", f"Improve\\n{initial_solution}", 4)):
        if code:
            population.append((code, utility(code)))
    for generation in range(3):
        a, b = tournament(population), tournament(population)
        message = f"Cross these programs.\\nA:\\n{a[0]}\\nB:\\n{b[0]}"
        for code in extract_code(language_model.prompt("Breeder", message, 3)):
            if code:
                population.append((code, utility(code)))
        population.sort(key=lambda m: m[1], reverse=True)
        population = population[:6]
    return population[0][0]
""",
    ),
    "genetic in a class with dataclass members": (
        {"genetic_algorithm"},
        """
@dataclass
class Individual:
    code: str
    fitness: float = 0.0


class Evolution:
    def __init__(self, start, utility, model):
        self.utility, self.model = utility, model
        self.members = [Individual(start, utility(start))]

    def breed(self, left, right):
        message = "Combine the strengths.\\n1:\\n%s\\n2:\\n%s" % (left.code, right.code)
        return extract_code(self.model.prompt("Biologist", message, 2))

    def evolve(self):
        pair = sorted(self.members, key=lambda i: i.fitness, reverse=True)[:2]
        if len(pair) < 2:
            pair = pair * 2
        for code in self.breed(*pair):
            if code:
                self.members.append(Individual(code, self.utility(code)))
        self.members = sorted(self.members, key=lambda i: -i.fitness)[:5]


def improve_algorithm(initial_solution, utility, language_model):
    world = Evolution(initial_solution, utility, language_model)
    for code in extract_code(language_model.prompt("Coder", f"Improve\\n{initial_solution}", 4)):
        if code:
            world.members.append(Individual(code, utility(code)))
    for _ in range(3):
        world.evolve()
    return max(world.members, key=lambda i: i.fitness).code
""",
    ),
    "genetic by roulette wheel mutation": (
        {"genetic_algorithm"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    pool = [initial_solution] + [c for c in extract_code(language_model.prompt("Coder", f"Improve\\n{initial_solution}", 4)) if c]
    fits = [utility(c) for c in pool]
    for _ in range(3):
        low = min(fits)
        weights = [f - low + 1e-6 for f in fits]
        parent = random.choices(pool, weights=weights, k=1)[0]
        for child in extract_code(language_model.prompt("Mutator", f"Mutate\\n{parent}", 3)):
            if child:
                pool.append(child)
                fits.append(utility(child))
        order = sorted(range(len(pool)), key=lambda i: fits[i], reverse=True)[:5]
        pool = [pool[i] for i in order]
        fits = [fits[i] for i in order]
    return pool[0]
""",
    ),
    "genetic by splicing lines": (
        {"genetic_algorithm", "best_of_n"},
        """
def crossover(a, b, rng):
    x, y = a.splitlines(), b.splitlines()
    cut = rng.randrange(1, max(2, min(len(x), len(y))))
    return "\\n".join(x[:cut] + y[cut:])


def improve_algorithm(initial_solution, utility, language_model):
    rng = random.Random(1)
    pop = [initial_solution] + [c for c in extract_code(language_model.prompt("Coder", f"Improve\\n{initial_solution}", 5)) if c]
    for _ in range(3):
        children = []
        for _ in range(3):
            a, b = rng.choice(pop), rng.choice(pop)
            children.append(crossover(a, b, rng))
        pop = sorted(pop + children, key=utility, reverse=True)[:4]
    return pop[0]
""",
    ),
    "annealing in a loop": (
        {"simulated_annealing"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    current = best = initial_solution
    current_score = best_score = utility(initial_solution)
    temperature, cooling = 1.0, 0.6
    for step in range(4):
        answers = language_model.prompt("Coder", f"Vary\\n{current}", n_responses=1)
        candidate = extract_code(answers[0])
        if candidate:
            score = utility(candidate)
            delta = score - current_score
            if delta > 0 or random.random() < math.exp(delta / temperature):
                current, current_score = candidate, score
            if score > best_score:
                best, best_score = candidate, score
        temperature *= cooling
    return best
""",
    ),
    "annealing by a function of the step": (
        {"simulated_annealing"},
        """
def schedule(step, total):
    return 0.5 * (1 - step / total) + 1e-3


def accept(old, new, heat, rng):
    if new >= old:
        return True
    return rng.random() < math.exp((new - old) / heat)


def improve_algorithm(initial_solution, utility, language_model):
    rng = random.Random(0)
    state, value = initial_solution, utility(initial_solution)
    top, top_value = state, value
    for step in range(4):
        heat = schedule(step, 4)
        for text in language_model.prompt("Coder", "Change one thing in\\n" + state, 3):
            code = extract_code(text)
            if not code:
                continue
            fresh = utility(code)
            if accept(value, fresh, heat, rng):
                state, value = code, fresh
            if fresh > top_value:
                top, top_value = code, fresh
    return top
""",
    ),
    "annealing in an object": (
        {"simulated_annealing"},
        """
class Annealer:
    def __init__(self, code, utility):
        self.utility = utility
        self.code = code
        self.value = utility(code)
        self.temp = 1.0

    def accepts(self, value):
        gap = value - self.value
        if gap >= 0:
            return True
        return np.random.rand() < np.exp(gap / self.temp)

    def offer(self, code):
        value = self.utility(code)
        if self.accepts(value):
            self.code, self.value = code, value
        return value

    def cool(self):
        self.temp = max(0.05, self.temp * 0.7)


def improve_algorithm(initial_solution, utility, language_model):
    walker = Annealer(initial_solution, utility)
    best = (walker.value, initial_solution)
    for _ in range(4):
        for code in extract_code(language_model.prompt("Coder", f"Perturb\\n{walker.code}", 3)):
            if code:
                best = max(best, (walker.offer(code), code))
        walker.cool()
    return best[1]
""",
    ),
    "annealing with a probability in a variable": (
        {"simulated_annealing"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    x = best = initial_solution
    for t in [1.0, 0.5, 0.25, 0.1]:
        for y in extract_code(language_model.prompt("Coder", f"Neighbour of\\n{x}", 2)):
            if y is None:
                continue
            fy, fx = utility(y), utility(x)
            p = 1.0 if fy >= fx else math.exp((fy - fx) / t)
            if random.uniform(0, 1) <= p:
                x = y
            if fy > utility(best):
                best = y
    return best
""",
    ),
    "threshold accepting with a shrinking chance": (
        {"simulated_annealing"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    here, record = initial_solution, initial_solution
    chance = 0.5
    rounds = 0
    while rounds < 4:
        rounds += 1
        replies = language_model.prompt("Coder", f"Modify\\n{here}", n_responses=2)
        for there in filter(None, extract_code(replies)):
            better = utility(there) > utility(here)
            lucky = random.random() < chance
            if better or lucky:
                here = there
            if utility(here) > utility(record):
                record = here
        chance *= 0.5
    return record
""",
    ),
    "restarts in an outer loop": (
        {"restarts", "greedy_iterative"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    overall, overall_score = initial_solution, utility(initial_solution)
    for restart in range(2):
        current, score = initial_solution, utility(initial_solution)
        for step in range(2):
            for code in extract_code(language_model.prompt("Coder", f"Improve\\n{current}", 4)):
                if code and utility(code) > score:
                    current, score = code, utility(code)
        if score > overall_score:
            overall, overall_score = current, score
    return overall
""",
    ),
    "restarts by a function that is called again": (
        {"restarts", "greedy_iterative"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    def climb(code):
        for _ in range(2):
            options = [c for c in extract_code(language_model.prompt("Coder", f"Improve\\n{code}", 3)) if c]
            code = max(options + [code], key=utility)
        return code

    results = [climb(initial_solution) for _ in range(2)]
    return max(results, key=utility)
""",
    ),
    "restart on stagnation": (
        {"restarts", "greedy_iterative"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    base = utility(initial_solution)
    current, current_score = initial_solution, base
    best, best_score = initial_solution, base
    stale = 0
    for _ in range(4):
        improved = False
        for code in extract_code(language_model.prompt("Coder", f"Improve\\n{current}", 4)):
            if not code:
                continue
            score = utility(code)
            if score > current_score:
                current, current_score = code, score
                improved = True
        if current_score > best_score:
            best, best_score = current, current_score
        stale = 0 if improved else stale + 1
        if stale >= 1:
            current, current_score = initial_solution, base
            stale = 0
    return best
""",
    ),
    "restart on stagnation in an object": (
        {"restarts", "greedy_iterative"},
        """
class Search:
    def __init__(self, start, utility, model):
        self.start, self.utility, self.model = start, utility, model
        self.best = start
        self.best_score = utility(start)
        self.reset()

    def reset(self):
        self.current = self.start
        self.current_score = self.utility(self.start)
        self.idle = 0

    def step(self):
        codes = [c for c in extract_code(self.model.prompt("Coder", f"Improve\\n{self.current}", 4)) if c]
        top = max(codes, key=self.utility, default=self.current)
        score = self.utility(top)
        if score > self.current_score:
            self.current, self.current_score = top, score
            self.idle = 0
        else:
            self.idle += 1
        if score > self.best_score:
            self.best, self.best_score = top, score


def improve_algorithm(initial_solution, utility, language_model):
    search = Search(initial_solution, utility, language_model)
    for _ in range(4):
        search.step()
        if search.idle >= 2:
            search.reset()
    return search.best
""",
    ),
    "restart from a fresh sample": (
        {"restarts", "greedy_iterative"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    def fresh():
        codes = [c for c in extract_code(language_model.prompt("Coder", f"Write anew\\n{initial_solution}", 3)) if c]
        return max(codes, key=utility) if codes else initial_solution

    current = best = initial_solution
    for _ in range(3):
        codes = [c for c in extract_code(language_model.prompt("Coder", f"Improve\\n{current}", 3)) if c]
        leader = max(codes, key=utility, default=None)
        if leader is not None and utility(leader) > utility(current):
            current = leader
        else:
            current = fresh()
        if utility(current) > utility(best):
            best = current
    return best
""",
    ),
}
