"""Reads a program as the rules of bypass see it: what may be false, and where sources go."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from selftaught.analysis.bypass import folding, library_functions, library_methods, parties
from selftaught.analysis.bypass.recorder import Hit, LibraryCall, Recorder, line_of
from selftaught.analysis.bypass.sources import (
    SOURCE,
    UNKNOWN,
    Built,
    PartyClass,
    Resource,
    made_of,
    truth,
    where,
)
from selftaught.analysis.interpretation.interpreter import ENTRY, parsed
from selftaught.analysis.interpretation.tags import OF_ANYTHING
from selftaught.analysis.interpretation.values import (
    Arguments,
    Class,
    Closure,
    Container,
    Instance,
    Method,
    Named,
    Object,
    Partial,
    Party,
    Scope,
    Value,
    collection,
    constant,
    join,
    one,
)

UTILITY, MODEL = one(Party("utility")), one(Party("language_model"))
RUNNERS = frozenset({"builtins.exec", "builtins.eval", "builtins.*"})


@dataclass(frozen=True)
class Uses:
    """What a program uses of the library: its calls, and attributes of what it did not make.

    ``attributes`` are pairs of line and name.
    """

    calls: tuple[LibraryCall, ...]
    attributes: tuple[tuple[int, str], ...]


def hits(source: str) -> list[Hit]:
    """Return every hit in a program, sorted by line; none where it does not parse.

    The module's body is read, then ``improve_algorithm``; where there is none, every
    function at the top level, its parameters taken for what their names say.
    """
    return sorted(_read(source, "").hits)


def library_uses(source: str, entry: str = "") -> Uses:
    """Return what a program uses of the library where it can be reached.

    Args:
        source: the program; one that does not parse uses nothing.
        entry: the function that is called, with arguments that nothing is known of; empty,
            or no function of the program: as `hits` goes through it.
    """
    found = _read(source, entry)
    return Uses(tuple(sorted(found.calls)), tuple(sorted(found.looked)))


def _read(source: str, entry: str) -> _BypassReader:
    reader, tree = _BypassReader(entry), parsed(source)
    if tree is not None:
        reader.interpret(tree)
    return reader


class _BypassReader(Recorder):
    """One program under way."""

    unknown = UNKNOWN
    absent = constant(None)
    rounds = 2
    deepest = 80

    def __init__(self, entry: str) -> None:
        super().__init__()
        self._entry = entry
        self.top.names["__name__"] = UNKNOWN

    def enter(self, tree: ast.Module) -> None:
        names = self.top.names
        if self._entry in names:
            self.call(names[self._entry], Arguments(tree, star=UNKNOWN))
        elif ENTRY in names:
            answer = self.call(names[ENTRY], Arguments(tree, [SOURCE, UTILITY, MODEL]))
            parties.check_answer(self, answer, tree)
        else:
            for function in [each for value in list(names.values()) for each in value.of(Closure)]:
                self.call(one(function), Arguments(tree, keywords=_by_name(function)))

    # ---------------------------------------------------------------------------- calls

    def call_library(self, path: str, arguments: Arguments) -> Value:
        given = [*arguments.positional, *arguments.keywords]
        count = len(given) - (2 if arguments.star else 0)
        name = path.removeprefix("builtins.")
        self.calls.add(LibraryCall(line_of(arguments.node), name, count))
        return library_functions.call_named(self, path, arguments)

    def call_party(self, party: Party, arguments: Arguments) -> Value:
        return parties.call(self, party, "__call__", arguments)

    def call_method(self, method: Method, arguments: Arguments) -> Value:
        return library_methods.call_method(self, method, arguments)

    def call_other(self, ref: Object, arguments: Arguments) -> Value:
        if isinstance(ref, PartyClass):
            self.budget_hit(arguments.node, "budget", f"makes a new {ref.name}")
            return one(Party(ref.name))
        if isinstance(ref, Built):
            what = "a function made from a candidate's code is called"
            self.execute_hit(arguments.node, what)
            return UNKNOWN
        return self.call_unknown(one(ref), arguments)

    def may_be_unknown(self, function: Value) -> bool:
        return bool(function.tags or function.constants or not function.refs)

    def call_unknown(self, function: Value, arguments: Arguments) -> Value:
        """Return what a call of something unknown may give; functions that it gets are called.

        A function among the arguments is called with those that follow it, as executors and
        threads do; one that is given by name, with the elements of the first. What gets one
        function and nothing else may be a decorator: its result may be that function.
        """
        found = [UNKNOWN]
        for place, value in enumerate(arguments.positional):
            rest = arguments.after(place + 1)
            if functions := _functions(value, parties=bool(rest.positional)):
                found.append(self.call(functions, rest))
        for value in arguments.keywords.values():
            if functions := _functions(value, parties=False):
                elements = arguments.first.elements() or UNKNOWN
                found.append(self.call(functions, arguments.given(elements)))
        if len(arguments.positional) == 1 and not arguments.keywords:
            found.append(_functions(arguments.first, parties=True))
        return join([*found, made_of(*arguments.values())])

    # -------------------------------------------------------------- attributes and items

    def attribute(self, owner: Value, name: str, node: ast.AST) -> Value:
        own = all(isinstance(ref, Instance | Class) for ref in owner.refs)
        if not own or self.may_be_unknown(owner):
            self.looked.add((line_of(node), name))
        return super().attribute(owner, name, node)

    def attribute_of_other(self, owner: Value, name: str, node: ast.AST) -> Value:
        found = [parties.read(self, party, name, node) for party in owner.of(Party)]
        others = owner.refs.difference(*map(owner.of, (Party, Instance, Class, Named)))
        for ref in others:
            if isinstance(ref, Closure):
                known = name == "__class__"
                found.append(one(Named("types.FunctionType")) if known else UNKNOWN)
            elif isinstance(ref, Resource) and name in library_methods.PARTS_OF_FILES:
                found.append(one(ref))
            else:
                found.append(one(Method(one(ref), name)))
        if self.may_be_unknown(owner):
            found.append(one(Method(Value(owner.tags, constants=owner.constants), name)))
        return join(found)

    def item(self, owner: Value, key: Value, node: ast.AST) -> Value:
        found = [_under(ref, key) for ref in owner.containers()]
        for named in owner.of(Named):
            if named.path == "os.environ":
                library_functions.check_key(self, key, node)
            else:
                found.append(library_functions.attribute_named(self, one(named), key, node))
        rest = owner.refs.difference(*map(owner.of, (Container, Named, Instance)))
        if rest or self.may_be_unknown(owner):
            found.append(Value(owner.tags & OF_ANYTHING, words=owner.words) or UNKNOWN)
        return join(found)

    def sliced(self, owner: Value, part: ast.Slice) -> Value:
        return collection(owner.elements()) if owner.containers() else made_of(owner)

    def writing(self, owner: Value, target: ast.Attribute, value: Value) -> None:
        parties.overwrite(self, owner, target.attr, target)

    def delete(self, target: ast.expr, scope: Scope) -> None:
        if isinstance(target, ast.Attribute):
            self.assign(target, UNKNOWN, scope)

    # ------------------------------------------------------------------------ expressions

    def binary(self, node: ast.BinOp, left: Value, right: Value) -> Value:
        held = [*left.containers(), *right.containers()]
        if held and isinstance(node.op, ast.BitOr):
            both = Container()
            for each in held:
                both.merge(each)
            return one(both)
        if held and isinstance(node.op, ast.Mult | ast.Add):
            parts = join(one(each).elements() for each in held)
            return join([collection(parts), made_of(left, right)])
        folded = folding.binary(node.op, left, right)
        return made_of(left, right) if folded is None else folded

    def unary(self, node: ast.UnaryOp, value: Value) -> Value:
        if isinstance(node.op, ast.Not):
            return folding.negated(value)
        if isinstance(node.op, ast.USub):
            return folding.fold(lambda number: -number, [value]) or UNKNOWN
        return value if isinstance(node.op, ast.UAdd) else UNKNOWN

    def _boolop(self, node: ast.BoolOp, scope: Scope) -> Value:
        """Return the operands that can be the result; those after a decided one are not run."""
        ends = isinstance(node.op, ast.Or)
        found: list[Value] = []
        for operand in node.values:
            value = self.evaluate(operand, scope)
            decided = truth(value)
            if decided is ends or operand is node.values[-1]:
                return join([*found, value])
            if decided is None:
                found.append(where(value, true=ends))
        return join(found)

    def compared(self, node: ast.Compare, values: list[Value]) -> Value:
        return folding.compare(node, values)

    def text(self, node: ast.JoinedStr, parts: list[tuple[ast.expr, Value]]) -> Value:
        values = [value for _, value in parts]
        folded = folding.fold(lambda *given: "".join(map(str, given)), values)
        return made_of(*values) if folded is None else folded

    def decided(self, test: Value, node: ast.expr) -> bool | None:
        return truth(test)

    def imported(self, name: str, node: ast.stmt) -> None:
        if f"{name}.py" in self.written:
            self.execute_hit(node, f"imports {name}, a file with a candidate's source")


def _under(found: Container, key: Value) -> Value:
    """Return what a collection holds under a key, or anywhere where that is not known."""
    sure = not (key.tags or key.refs) and all(each in found.items for each in key.constants)
    return join(found.items[each] for each in key.constants) if sure else found.contents()


def _functions(value: Value, *, parties: bool) -> Value:
    """Return the functions that a value may be, library functions that run no text left out."""
    return Value(refs=frozenset(ref for ref in value.refs if _is_function(ref, parties=parties)))


def _is_function(ref: Object, *, parties: bool) -> bool:
    if isinstance(ref, Named):
        return ref.path in RUNNERS
    if isinstance(ref, Method):
        return bool(ref.receiver.of(Party))
    return isinstance(ref, Closure | Partial) or (parties and isinstance(ref, Party))


def _by_name(function: Closure) -> dict[str, Value]:
    """Return arguments for a function by the names of its parameters."""
    known = {"utility": UTILITY, "language_model": MODEL}
    given = function.node.args
    names = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return {name: known.get(name, SOURCE) for name in names}
