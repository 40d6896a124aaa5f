"""Ways of writing populations, annealing and restarts, each with the strategies that it uses."""

from __future__ import annotations

POPULATIONS: dict[str, tuple[set[str], str]] = {
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
