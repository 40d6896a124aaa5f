"""Library: functions of Python and its library that strategies are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from selftaught.analysis.interpretation import iterables
from selftaught.analysis.interpretation.tags import Tag
from selftaught.analysis.interpretation.values import (
    NOTHING,
    Arguments,
    Container,
    Named,
    Partial,
    Value,
    collection,
    join,
    one,
    tagged,
)
from selftaught.analysis.strategies import choices, texts, threads, trees
from selftaught.analysis.strategies.tracker import Tracker

SAME = {"list", "tuple", "set", "frozenset", "iter", "deque", "OrderedDict", "deepcopy", "copy"}
SAME |= {"reversed", "wait", "as_completed", "run", "ensure_future", "wait_for", "cycle"}
SAME |= {"array", "asarray", "repeat", "unique", "concatenate", "atleast_1d"}
SAME |= {"islice", "gather_results", "shield", "chain", "from_iterable", "fix_missing_locations"}
NUMBERS = {"len", "hash", "id", "ord", "time", "perf_counter", "monotonic", "isinstance", "hasattr"}
NUMBERS |= {"any", "all", "callable", "issubclass", "bool"}
TEXTS = {"repr", "str", "dumps", "pformat"}
ROOTS = {"sqrt", "log", "log1p", "log2"}
POOLS = {"ThreadPoolExecutor", "ProcessPoolExecutor", "ThreadPool", "Pool", "Thread"}
POOLS |= {"Queue", "PriorityQueue", "LifoQueue", "SimpleQueue"}
Handler = Callable[[Tracker, str, Arguments], Value]
RANDOM_MODULES = ("random.", "numpy.random.", "secrets.")


def call_named(machine: Tracker, path: str, arguments: Arguments) -> Value:
    """Return what a function of a module or of Python gives."""
    name = path.rsplit(".", 1)[-1]
    if path.startswith(RANDOM_MODULES):
        return choices.random_call(machine, name, arguments)
    if path.startswith("re."):
        return trees.regex(machine, name, arguments)
    if path.startswith("ast.") and name != "literal_eval":
        return trees.of_ast(machine, name, arguments)
    handler = HANDLERS.get(name)
    if handler is not None:
        return handler(machine, name, arguments)
    if path in ("json.loads", "ast.literal_eval") and arguments.first.flat().has(Tag.RAW):
        return texts.cut(machine, arguments.first.flat(), arguments.node)
    if path.startswith("traceback."):
        return tagged(Tag.OBSERVED)
    if name in NUMBERS:
        return tagged(Tag.NUMBER)
    return _derived(name, arguments)


def _derived(name: str, arguments: Arguments) -> Value:
    """Return what a function gives of which only its arguments are known."""
    given = [each.flat() for each in [*arguments.positional, *arguments.keywords.values()]]
    if name in ROOTS:
        return join([*given, tagged(Tag.ROOT)])
    if name == "str" and len(given) == 1 and given[0].has(Tag.INITIAL, Tag.CANDIDATE):
        return given[0]
    merged = replace(join(given), refs=frozenset())
    listed = [v for v in arguments.positional for each in v.containers() if each.rest is not None]
    if name in TEXTS and listed and merged.has(Tag.CANDIDATE):
        return merged.with_tags(Tag.MANY, Tag.HELD)
    return merged.with_tags(Tag.VARIES) if any(each.varies() for each in given) else merged


def _partial(machine: Tracker, name: str, arguments: Arguments) -> Value:
    if not arguments.positional:
        return NOTHING
    return one(Partial(arguments.first, arguments.after(1)))


def _cache(machine: Tracker, name: str, arguments: Arguments) -> Value:
    functions = [each for each in arguments.positional if each.refs]
    if functions:
        return one(Partial(functions[0], arguments.given(), cached=True))
    return one(Named("functools.cache"))


def _counter(machine: Tracker, name: str, arguments: Arguments) -> Value:
    if not arguments.positional:
        return iterables.mapping(machine, name, arguments)
    inside = arguments.first.elements()
    voted = inside.flat().has(Tag.CANDIDATE)
    count = tagged(Tag.NUMBER, Tag.VOTED) if voted else tagged(Tag.NUMBER)
    return one(Container(rest=count, keys=inside))


def _array(machine: Tracker, name: str, arguments: Arguments) -> Value:
    filled = arguments.last if name == "full" else tagged(Tag.NUMBER)
    return collection(filled, population=False)


def _summed(machine: Tracker, name: str, arguments: Arguments) -> Value:
    inside = arguments.first.elements()
    return inside if inside.containers() else replace(inside.flat(), constants=frozenset())


_GROUPS: list[tuple[Iterable[str], Handler]] = [
    (POOLS, threads.pool),
    (SAME, iterables.same),
    (("max", "min", "argmax", "argmin"), choices.extreme),
    (("sorted", "nlargest", "nsmallest"), choices.ordered),
    (("argsort",), choices.places),
    (("zeros", "ones", "empty", "full", "zeros_like", "ones_like"), _array),
    (("zip", "enumerate"), iterables.zipped),
    (("range", "count", "linspace"), iterables.counted),
    (("map", "filter", "reduce", "starmap"), iterables.mapped),
    (("dict", "defaultdict", "OrderedDict"), iterables.mapping),
    (("Counter",), _counter),
    (("fromkeys",), iterables.from_keys),
    (("sum", "fsum", "mean"), _summed),
    (("product", "combinations", "permutations"), iterables.product),
    (("next",), iterables.following),
    (("heappush", "heappop", "heapify", "heappushpop", "heapreplace", "insort"), choices.heap),
    (("to_thread",), threads.to_thread),
    (("gather", "create_task"), threads.gather),
    (("extract_code",), trees.extract),
    (("partial",), _partial),
    (("lru_cache", "cache"), _cache),
    (("untokenize",), trees.untokenized),
]
HANDLERS = {name: handler for names, handler in _GROUPS for name in names}
