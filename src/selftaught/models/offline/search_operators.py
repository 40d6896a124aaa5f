"""Operators that search by the score whose code the prompt shows.

They turn "return an answer" into "return the best of several answers" or "improve the
answer step by step". Nothing here knows what is scored.
"""

from __future__ import annotations

import ast

from selftaught.models.offline.draft import Draft, Family
from selftaught.models.offline.score_function import scorer
from selftaught.models.offline.sites import fresh_name, names_in, parameters, required
from selftaught.values import syntax

MOST_LAYERS = 3

BEST_OF = """
def {name}({signature}):
    inputs = ({inputs},)
    answers = [{inner}({arguments}) for _ in range({count})]
    return max(answers, key=lambda answer: rate(inputs, answer))
"""

CLIMB = """
def {name}({signature}):
    inputs = ({inputs},)
    best = {inner}({arguments})
    value = rate(inputs, best)
    for _ in range({rounds}):
        trial = {changed}(best)
        trial_value = rate(inputs, trial)
        if trial_value >= value:
            best, value = trial, trial_value
    return best
"""

ANNEAL = """
def {name}({signature}):
    inputs = ({inputs},)
    best = answer = {inner}({arguments})
    value = best_value = rate(inputs, best)
    heat = {heat}
    for _ in range({rounds}):
        trial = {changed}(answer)
        trial_value = rate(inputs, trial)
        if trial_value >= value - heat * random.expovariate(1.0):
            answer, value = trial, trial_value
            if value > best_value:
                best, best_value = answer, value
        heat *= {cooling}
    return best
"""

LIST_CHANGE = """
def {changed}(answer):
    parts = list(answer)
    i = random.randrange(len(parts))
    {step}
    return "".join(parts) if isinstance(answer, str) else parts
"""

NUMBER_CHANGE = """
def {changed}(answer):
    parts = np.array(answer, dtype=float)
    i = random.randrange(parts.size)
    parts.flat[i] {step}
    return parts
"""

LIST_STEPS = {
    "exchange two of its parts": (
        "j = random.randrange(len(parts))\n    parts[i], parts[j] = parts[j], parts[i]"
    ),
    "put one part in another's place": "parts[i] = random.choice(list(answer))",
    "turn one part over": "parts[i] = 1 - parts[i]",
    "move one part elsewhere": "parts.insert(random.randrange(len(parts)), parts.pop(i))",
}
NUMBER_STEPS = {
    "move one number a little": "+= random.gauss(0.0, {width})",
    "scale one number a little": "*= random.uniform(1 - {width}, 1 + {width})",
}


def _prepared(draft: Draft) -> ast.FunctionDef | None:
    """Return the entry point once the program has a function ``rate``, None if it can't."""
    entry = draft.entry
    if entry is None or not required(entry) or entry.args.vararg or entry.args.kwarg:
        return None
    layers = sum(parameters(other) == parameters(entry) for other in draft.functions)
    if layers > MOST_LAYERS:
        return None
    found = scorer(draft.reading.scoring)
    if found is None:
        return None
    own = {ast.unparse(node) for node in draft.tree.body}
    if found.body[-1] in own:
        return entry
    if names_in(draft.tree) & found.names:
        return None
    place = draft.tree.body.index(entry)
    new = [line for line in found.body if line not in own]
    draft.tree.body[place:place] = syntax.parse("\n".join(new)).body
    return entry


def _wrap(draft: Draft, entry: ast.FunctionDef, template: str, **parts: object) -> None:
    """Put a function in front of the entry point, made of ``template``."""
    name, inner = entry.name, fresh_name(f"first_{entry.name}", draft.tree)
    arguments = ", ".join(parameters(entry))
    text = template.format(
        name=name,
        inner=inner,
        signature=ast.unparse(entry.args),
        arguments=arguments,
        inputs=", ".join(required(entry)),
        **parts,
    )
    entry.name = inner
    place = draft.tree.body.index(entry) + 1
    draft.tree.body[place:place] = syntax.parse(text).body


def _import(draft: Draft, line: str) -> None:
    wanted = syntax.parse(line).body[0]
    if ast.unparse(wanted) not in {ast.unparse(node) for node in draft.tree.body}:
        place = 1 if ast.get_docstring(draft.tree) else 0
        draft.tree.body.insert(place, wanted)


def best_of(draft: Draft) -> str | None:
    """Make several answers and keep the one with the highest score."""
    entry = _prepared(draft)
    if entry is None:
        return None
    count = draft.rng.choice((2, 3, 5, 10, 20))
    _wrap(draft, entry, BEST_OF, count=count)
    return f"make {count} answers and keep the best by the score"


def _change(draft: Draft) -> tuple[str, str]:
    """Return the name of a new function that changes an answer, and what it does."""
    _import(draft, "import random")
    changed = fresh_name("changed", draft.tree)
    rng = draft.rng
    if rng.random() < 0.75:
        idea = rng.choice(list(LIST_STEPS))
        text = LIST_CHANGE.format(changed=changed, step=LIST_STEPS[idea])
    else:
        _import(draft, "import numpy as np")
        idea = rng.choice(list(NUMBER_STEPS))
        step = NUMBER_STEPS[idea].format(width=rng.choice((0.3, 0.1, 0.03, 0.01, 0.003)))
        text = NUMBER_CHANGE.format(changed=changed, step=step)
    entry = draft.entry
    place = draft.tree.body.index(entry) if entry else len(draft.tree.body)
    draft.tree.body[place:place] = syntax.parse(text).body
    return changed, idea


def climb(draft: Draft) -> str | None:
    """Improve the answer in small steps, keeping each that is not worse."""
    entry = _prepared(draft)
    if entry is None:
        return None
    changed, idea = _change(draft)
    rounds = draft.rng.choice((30, 100, 200, 500, 1000))
    _wrap(draft, entry, CLIMB, changed=changed, rounds=rounds)
    return f"improve the answer step by step: {idea}, and keep what scores no worse"


def anneal(draft: Draft) -> str | None:
    """Improve the answer in small steps, now and then keeping one that is worse."""
    entry = _prepared(draft)
    if entry is None:
        return None
    changed, idea = _change(draft)
    rounds = draft.rng.choice((100, 200, 500, 1000))
    heat, cooling = draft.rng.choice((1.0, 0.1, 0.01, 0.001)), draft.rng.choice((0.9, 0.99, 0.995))
    _wrap(draft, entry, ANNEAL, changed=changed, rounds=rounds, heat=heat, cooling=cooling)
    return f"anneal the answer: {idea}"


FAMILY = Family("search", ((1.0, best_of), (2.0, climb), (1.0, anneal)))
