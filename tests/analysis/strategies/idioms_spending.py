"""Ways of writing how the budget is spent, each with the strategies that it uses."""

from __future__ import annotations

SPENDING: dict[str, tuple[set[str], str]] = {
    "UCB in a class": (
        {"bandit", "greedy_iterative", "prompt_variation"},
        """
STYLES = ["Be bold.", "Be careful.", "Use numpy."]


class UCB:
    def __init__(self, n):
        self.counts = [0] * n
        self.values = [0.0] * n

    def select(self):
        for i, c in enumerate(self.counts):
            if c == 0:
                return i
        total = sum(self.counts)
        bounds = [v + math.sqrt(2 * math.log(total) / c) for v, c in zip(self.values, self.counts)]
        return bounds.index(max(bounds))

    def update(self, arm, reward):
        self.counts[arm] += 1
        self.values[arm] += (reward - self.values[arm]) / self.counts[arm]


def improve_algorithm(initial_solution, utility, language_model):
    policy = UCB(len(STYLES))
    best, top = initial_solution, utility(initial_solution)
    for _ in range(4):
        arm = policy.select()
        gain = 0.0
        for code in extract_code(language_model.prompt("Coder", f"{STYLES[arm]}\\n{best}", 3)):
            if code:
                score = utility(code)
                gain = max(gain, score - top)
                if score > top:
                    best, top = code, score
        policy.update(arm, gain)
    return best
""",
    ),
    "epsilon-greedy over expertises": (
        {"bandit", "best_of_n", "prompt_variation"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    experts = ["a mathematician", "an engineer", "a hacker"]
    rewards = {e: [] for e in experts}
    found = [initial_solution]
    for _ in range(4):
        untried = [e for e in experts if not rewards[e]]
        if untried:
            expert = untried[0]
        elif random.random() < 0.2:
            expert = random.choice(experts)
        else:
            expert = max(experts, key=lambda e: sum(rewards[e]) / len(rewards[e]))
        codes = [c for c in extract_code(language_model.prompt(f"You are {expert}.", f"Improve\\n{initial_solution}", 3)) if c]
        for code in codes:
            rewards[expert].append(utility(code))
        found += codes
    return max(found, key=utility)
""",
    ),
    "Thompson sampling with dictionaries": (
        {"bandit", "temperature_variation", "greedy_iterative"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    heats = [0.2, 0.7, 1.1]
    wins = {h: 1 for h in heats}
    losses = {h: 1 for h in heats}
    best, top = initial_solution, utility(initial_solution)
    for _ in range(4):
        draws = {h: random.betavariate(wins[h], losses[h]) for h in heats}
        heat = max(draws, key=draws.get)
        before = top
        for code in extract_code(language_model.prompt("Coder", f"Improve\\n{best}", 3, heat)):
            if code and utility(code) > top:
                best, top = code, utility(code)
        if top > before:
            wins[heat] += 1
        else:
            losses[heat] += 1
    return best
""",
    ),
    "softmax weights over operators": (
        {"bandit", "greedy_iterative", "prompt_variation"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    ops = ["Simplify it.", "Speed it up.", "Make it robust."]
    weights = [0.0] * len(ops)
    best, top = initial_solution, utility(initial_solution)
    for _ in range(4):
        probs = [math.exp(w) for w in weights]
        i = random.choices(range(len(ops)), weights=probs)[0]
        for code in extract_code(language_model.prompt("Coder", ops[i] + "\\n" + best, 3)):
            if not code:
                continue
            score = utility(code)
            weights[i] += 0.5 * (score - top)
            if score > top:
                best, top = code, score
    return best
""",
    ),
    "UCB over records of arms": (
        {"bandit", "greedy_iterative", "prompt_variation"},
        """
@dataclass
class Arm:
    hint: str
    pulls: int = 0
    total: float = 0.0

    def index(self, t):
        if self.pulls == 0:
            return float("inf")
        return self.total / self.pulls + 0.5 * math.sqrt(math.log(t + 1) / self.pulls)


def improve_algorithm(initial_solution, utility, language_model):
    arms = [Arm("Think of limits."), Arm("Think of speed."), Arm("Think of search.")]
    best, top = initial_solution, utility(initial_solution)
    for t in range(4):
        arm = max(arms, key=lambda a: a.index(t))
        scores = []
        for code in extract_code(language_model.prompt("Coder", f"{arm.hint}\\n{best}", 3)):
            if code:
                score = utility(code)
                scores.append(score)
                if score > top:
                    best, top = code, score
        arm.pulls += 1
        arm.total += max(scores, default=0.0)
    return best
""",
    ),
    "exponential weights in numpy": (
        {"bandit", "greedy_iterative", "prompt_variation"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    hints = ["Use math.", "Use loops.", "Use recursion."]
    rng = np.random.default_rng(0)
    log_w = np.zeros(len(hints))
    best, top = initial_solution, utility(initial_solution)
    for _ in range(4):
        p = np.exp(log_w - log_w.max())
        p /= p.sum()
        k = rng.choice(len(hints), p=p)
        codes = [c for c in extract_code(language_model.prompt("Coder", hints[k] + best, 3)) if c]
        for code in codes:
            s = utility(code)
            log_w[k] += 0.3 * s
            if s > top:
                best, top = code, s
    return best
""",
    ),
    "futures collected as completed": (
        {"parallel_calls", "best_of_n"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    codes = [c for c in extract_code(language_model.prompt("Coder", f"Improve\\n{initial_solution}", 6)) if c]
    codes.append(initial_solution)
    scores = {}
    with ThreadPoolExecutor(max_workers=4) as pool:
        futures = {pool.submit(utility, c): c for c in codes}
        for future in as_completed(futures):
            scores[futures[future]] = future.result()
    return max(scores, key=scores.get)
""",
    ),
    "threads that fill a shared list": (
        {"parallel_calls", "best_of_n"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    found, lock = [], threading.Lock()

    def work():
        for code in extract_code(language_model.prompt("Coder", f"Improve\\n{initial_solution}", 2)):
            if code:
                with lock:
                    found.append(code)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return max(found + [initial_solution], key=utility)
""",
    ),
    "subclass of Thread": (
        {"parallel_calls", "best_of_n"},
        """
class Worker(threading.Thread):
    def __init__(self, model, text):
        super().__init__()
        self.model, self.text, self.codes = model, text, []

    def run(self):
        self.codes = [c for c in extract_code(self.model.prompt("Coder", self.text, 3)) if c]


def improve_algorithm(initial_solution, utility, language_model):
    workers = [Worker(language_model, f"Improve\\n{initial_solution}") for _ in range(3)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    found = [c for w in workers for c in w.codes]
    return max(found + [initial_solution], key=utility)
""",
    ),
    "asyncio with gather": (
        {"parallel_calls", "best_of_n"},
        """
async def ask(model, text):
    return await asyncio.to_thread(model.prompt, "Coder", text, 3)


async def main(s, model):
    replies = await asyncio.gather(*(ask(model, f"Improve\\n{s}") for _ in range(2)))
    return [c for r in replies for c in extract_code(r) if c]


def improve_algorithm(initial_solution, utility, language_model):
    codes = asyncio.run(main(initial_solution, language_model))
    return max(codes + [initial_solution], key=utility)
""",
    ),
    "asyncio in an executor": (
        {"parallel_calls", "best_of_n"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    codes = [c for c in extract_code(language_model.prompt("Coder", f"Improve\\n{initial_solution}", 6)) if c]

    async def score_all():
        loop = asyncio.get_running_loop()
        jobs = [loop.run_in_executor(None, utility, c) for c in codes]
        return await asyncio.gather(*jobs)

    scores = asyncio.run(score_all())
    pairs = sorted(zip(scores, codes), reverse=True)
    return pairs[0][1] if pairs else initial_solution
""",
    ),
    "memo in a closure": (
        {"caching", "greedy_iterative"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    memo = {}

    def score(code):
        key = hashlib.sha256(code.strip().encode()).hexdigest()
        if key in memo:
            return memo[key]
        value = utility(code)
        memo[key] = value
        return value

    best = initial_solution
    for _ in range(3):
        codes = [c for c in extract_code(language_model.prompt("Coder", f"Improve\\n{best}", 4)) if c]
        best = max([best] + codes, key=score)
    return best
""",
    ),
    "memo in an object": (
        {"caching", "best_of_n"},
        """
class Scorer:
    def __init__(self, utility):
        self._utility = utility
        self._known = {}

    def __call__(self, code):
        known = self._known.get(code)
        if known is None:
            known = self._known[code] = self._utility(code)
        return known


def improve_algorithm(initial_solution, utility, language_model):
    score = Scorer(utility)
    codes = [c for c in extract_code(language_model.prompt("Coder", f"Improve\\n{initial_solution}", 6)) if c]
    return max(codes + [initial_solution], key=score)
""",
    ),
    "memo by lru_cache": (
        {"caching", "best_of_n"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    @functools.lru_cache(maxsize=None)
    def score(code):
        return utility(code)

    codes = [c for c in extract_code(language_model.prompt("Coder", f"Improve\\n{initial_solution}", 6)) if c]
    return max(codes + [initial_solution], key=score)
""",
    ),
    "memo by an exception": (
        {"caching", "best_of_n"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    seen = {}

    def score(code):
        try:
            return seen[code]
        except KeyError:
            seen[code] = utility(code)
            return seen[code]

    codes = [c for c in extract_code(language_model.prompt("Coder", f"Improve\\n{initial_solution}", 6)) if c]
    return max(codes + [initial_solution], key=score)
""",
    ),
    "memo as a decorator of one's own": (
        {"caching", "best_of_n"},
        """
def remember(function):
    store = {}

    @functools.wraps(function)
    def wrapper(code):
        if code not in store:
            store[code] = function(code)
        return store[code]

    return wrapper


def improve_algorithm(initial_solution, utility, language_model):
    score = remember(utility)
    codes = [c for c in extract_code(language_model.prompt("Coder", f"Improve\\n{initial_solution}", 6)) if c]
    return max(codes + [initial_solution], key=score)
""",
    ),
    "memo in the loop": (
        {"caching", "greedy_iterative"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    scores = {initial_solution: utility(initial_solution)}
    best = initial_solution
    for _ in range(3):
        for code in extract_code(language_model.prompt("Coder", f"Improve\\n{best}", 4)):
            if not code:
                continue
            if code in scores:
                value = scores[code]
            else:
                value = utility(code)
                scores[code] = value
            if value > scores[best]:
                best = code
    return best
""",
    ),
    "temperatures in a list": (
        {"temperature_variation", "best_of_n"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    codes = [initial_solution]
    for heat in (0.3, 0.7, 1.0):
        codes += [c for c in extract_code(language_model.prompt("Coder", f"Improve\\n{initial_solution}", 2, temperature=heat)) if c]
    return max(codes, key=utility)
""",
    ),
    "temperature by the index": (
        {"temperature_variation", "greedy_iterative"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    best = initial_solution
    for i in range(4):
        heat = 0.2 + 0.2 * i
        codes = [c for c in extract_code(language_model.prompt("Coder", f"Improve\\n{best}", 4, heat)) if c]
        best = max([best] + codes, key=utility)
    return best
""",
    ),
    "temperature that decays": (
        {"temperature_variation", "greedy_iterative"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    best, heat = initial_solution, 1.0
    while language_model.budget > 0:
        codes = [c for c in extract_code(language_model.prompt("Coder", f"Improve\\n{best}", n_responses=4, temperature=heat)) if c]
        best = max([best] + codes, key=utility)
        heat = max(0.2, heat - 0.25)
    return best
""",
    ),
    "temperature by progress": (
        {"temperature_variation", "greedy_iterative"},
        """
def improve_algorithm(initial_solution, utility, language_model):
    best, stuck = initial_solution, False
    for _ in range(4):
        options = {"n_responses": 4, "temperature": 1.0 if stuck else 0.4}
        codes = [c for c in extract_code(language_model.prompt("Coder", f"Improve\\n{best}", **options)) if c]
        new = max([best] + codes, key=utility)
        stuck = new == best
        best = new
    return best
""",
    ),
    "temperatures of a configuration": (
        {"temperature_variation", "prompt_variation", "best_of_n"},
        """
CONFIGS = [
    {"role": "Careful engineer", "heat": 0.2},
    {"role": "Wild inventor", "heat": 1.1},
]


def improve_algorithm(initial_solution, utility, language_model):
    codes = [initial_solution]
    for config in CONFIGS:
        replies = language_model.prompt(config["role"], f"Improve\\n{initial_solution}", 3, config["heat"])
        codes.extend(c for c in extract_code(replies) if c)
    return max(codes, key=utility)
""",
    ),
}
