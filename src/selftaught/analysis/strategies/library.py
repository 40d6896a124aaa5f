"""Library: functions of Python and its library that strategies are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from selftaught.analysis.names import Named
from selftaught.analysis.strategies import choices, iterables, texts, threads, trees
from selftaught.analysis.strategies.called import Called
from selftaught.analysis.strategies.machine import Machine
from selftaught.analysis.strategies.value import (
    NOTHING,
    Partial,
    Tag,
    Value,
    containers,
    flat,
    join,
    one,
    tagged,
    varies,
)

SAME = {"list", "tuple", "set", "frozenset", "iter", "deque", "OrderedDict", "deepcopy", "copy"}
SAME |= {
    "reversed",
    "fromkeys",
    "wait",
    "as_completed",
    "run",
    "ensure_future",
    "wait_for",
    "cycle",
}
SAME |= {"array", "asarray", "repeat", "unique", "concatenate", "atleast_1d"}
SAME |= {"islice", "gather_results", "shield", "chain", "from_iterable", "fix_missing_locations"}
NUMBERS = {"len", "hash", "id", "ord", "time", "perf_counter", "monotonic", "isinstance", "hasattr"}
NUMBERS |= {"any", "all", "callable", "issubclass", "bool"}
TEXTS = {"repr", "str", "dumps", "pformat"}
ROOTS = {"sqrt", "log", "log1p", "log2"}
POOLS = {"ThreadPoolExecutor", "ProcessPoolExecutor", "ThreadPool", "Pool", "Thread"}
POOLS |= {"Queue", "PriorityQueue", "LifoQueue", "SimpleQueue"}
RANDOM_MODULES = ("random.", "numpy.random.", "secrets.")


def call_named(machine: Machine, path: str, called: Called) -> Value:
    """Return what a function of a module or of Python gives."""
    name = path.rsplit(".", 1)[-1]
    if path.startswith(RANDOM_MODULES):
        return choices.random_call(machine, name, called.positional, called.keywords, called.node)
    if path.startswith("re."):
        return trees.regex(machine, name, called.positional, called.node)
    if path.startswith("ast.") and name != "literal_eval":
        return trees.of_ast(machine, name, called)
    handler = HANDLERS.get(name)
    if handler is not None:
        return handler(machine, name, called)
    if path in ("json.loads", "ast.literal_eval") and flat(called.first).has(Tag.RAW):
        return texts.cut(machine, flat(called.first), called.node)
    if path.startswith("traceback."):
        return tagged(Tag.OBSERVED)
    if name in NUMBERS:
        return tagged(Tag.NUMBER)
    return _derived(name, called)


def _derived(name: str, called: Called) -> Value:
    """Return what a function gives of which only its arguments are known."""
    given = [flat(each) for each in [*called.positional, *called.keywords.values()]]
    if name in ROOTS:
        return join([*given, tagged(Tag.ROOT)])
    if name == "str" and len(given) == 1 and given[0].has(Tag.INITIAL, Tag.CANDIDATE):
        return given[0]
    merged = replace(join(given), refs=frozenset())
    listed = [each for v in called.positional for each in containers(v) if each.rest is not None]
    if name in TEXTS and listed and merged.has(Tag.CANDIDATE):
        return merged.with_tags(Tag.MANY, Tag.HELD)
    return merged.with_tags(Tag.VARIES) if any(varies(each) for each in given) else merged


def _partial(machine: Machine, name: str, called: Called) -> Value:
    if not called.positional:
        return NOTHING
    return one(
        Partial(called.positional[0], tuple(called.positional[1:]), tuple(called.keywords.items()))
    )


def _cache(machine: Machine, name: str, called: Called) -> Value:
    functions = [each for each in called.positional if each.refs]
    if functions:
        return one(Partial(functions[0], cached=True))
    return one(Named("functools.cache"))


HANDLERS: dict[str, Callable[[Machine, str, Called], Value]] = {
    **dict.fromkeys(POOLS, threads.pool),
    **dict.fromkeys(SAME, iterables.same),
    "max": choices.extreme,
    "min": choices.extreme,
    "argmax": choices.extreme,
    "argmin": choices.extreme,
    "sorted": choices.ordered,
    "nlargest": choices.ordered,
    "nsmallest": choices.ordered,
    "argsort": choices.places,
    **dict.fromkeys(("zeros", "ones", "empty", "full", "zeros_like", "ones_like"), iterables.array),
    "zip": iterables.zipped,
    "enumerate": iterables.zipped,
    "range": iterables.counted,
    "count": iterables.counted,
    "linspace": iterables.counted,
    "map": iterables.mapped,
    "filter": iterables.mapped,
    "reduce": iterables.mapped,
    "starmap": iterables.mapped,
    "dict": iterables.mapping,
    "Counter": iterables.mapping,
    "defaultdict": iterables.mapping,
    "OrderedDict": iterables.mapping,
    "fromkeys": iterables.from_keys,
    "sum": iterables.summed,
    "fsum": iterables.summed,
    "mean": iterables.summed,
    "product": iterables.product,
    "combinations": iterables.product,
    "permutations": iterables.product,
    "next": iterables.following,
    "heappush": choices.heap,
    "heappop": choices.heap,
    "heapify": choices.heap,
    "heappushpop": choices.heap,
    "heapreplace": choices.heap,
    "insort": choices.heap,
    "to_thread": threads.to_thread,
    "gather": threads.gather,
    "create_task": threads.gather,
    "extract_code": trees.extract,
    "partial": _partial,
    "lru_cache": _cache,
    "cache": _cache,
    "untokenize": trees.untokenized,
}
