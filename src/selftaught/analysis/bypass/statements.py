"""Statements: goes through those that can be reached, branch by branch."""

from __future__ import annotations

import ast
from collections.abc import Callable

from selftaught.analysis.bypass.machine import Machine
from selftaught.analysis.bypass.value import (
    UNKNOWN,
    Arguments,
    ClassValue,
    Closure,
    Container,
    Instance,
    Scope,
    Value,
    elements,
    known,
    one,
    put,
    truth,
    union,
)
from selftaught.analysis.names import Named

PASSES = 2
"""How often a loop's body is gone through: the second time with what the first one left."""


def run_body(machine: Machine, body: list[ast.stmt], scope: Scope) -> bool:
    """Go through statements; return whether what stands after them can be reached."""
    for statement in body:
        handler = _HANDLERS.get(type(statement))
        if handler is not None and not handler(machine, statement, scope):
            return False
    return True


def _expression(machine: Machine, node: ast.Expr, scope: Scope) -> bool:
    machine.evaluate(node.value, scope)
    return True


def _assign(machine: Machine, node: ast.Assign, scope: Scope) -> bool:
    value = machine.evaluate(node.value, scope)
    for target in node.targets:
        machine.assign(target, value, scope)
    return True


def _annotated(machine: Machine, node: ast.AnnAssign, scope: Scope) -> bool:
    if node.value is not None:
        machine.assign(node.target, machine.evaluate(node.value, scope), scope)
    return True


def _augmented(machine: Machine, node: ast.AugAssign, scope: Scope) -> bool:
    sum_of_both = ast.copy_location(ast.BinOp(_loaded(node.target), node.op, node.value), node)
    machine.assign(node.target, machine.evaluate(sum_of_both, scope), scope)
    return True


def _loaded(target: ast.Name | ast.Attribute | ast.Subscript) -> ast.expr:
    """Return the expression that reads a target."""
    if isinstance(target, ast.Name):
        read: ast.expr = ast.Name(target.id, ast.Load())
    elif isinstance(target, ast.Attribute):
        read = ast.Attribute(target.value, target.attr, ast.Load())
    else:
        read = ast.Subscript(target.value, target.slice, ast.Load())
    return ast.copy_location(read, target)


def _return(machine: Machine, node: ast.Return, scope: Scope) -> bool:
    scope.given.append(machine.evaluate(node.value, scope) if node.value else known(None))
    return False


def _raise(machine: Machine, node: ast.Raise, scope: Scope) -> bool:
    machine.evaluate(node.exc, scope)
    return False


def _leave(machine: Machine, node: ast.stmt, scope: Scope) -> bool:
    return False


def _if(machine: Machine, node: ast.If, scope: Scope) -> bool:
    test = truth(machine.evaluate(node.test, scope))
    blocks = [node.body] if test is True else [node.orelse] if test is False else None
    return _either(machine, blocks or [node.body, node.orelse], scope)


def _either(machine: Machine, blocks: list[list[ast.stmt]], scope: Scope) -> bool:
    """Go through each block from the same state; what goes on is joined."""
    before = dict(scope.names)
    states: list[dict[str, Value]] = []
    for block in blocks:
        scope.names = dict(before)
        if machine.run(block, scope):
            states.append(scope.names)
    scope.names = _joined(states or [before])
    return bool(states)


def _joined(states: list[dict[str, Value]]) -> dict[str, Value]:
    names = {name for state in states for name in state}
    return {name: union([s[name] for s in states if name in s]) for name in names}


def _for(machine: Machine, node: ast.For | ast.AsyncFor, scope: Scope) -> bool:
    value = elements(machine.evaluate(node.iter, scope))
    _loop(machine, node, scope, lambda: machine.assign(node.target, value, scope))
    return True


def _while(machine: Machine, node: ast.While, scope: Scope) -> bool:
    if truth(machine.evaluate(node.test, scope)) is False:
        return machine.run(node.orelse, scope)
    _loop(machine, node, scope, lambda: machine.evaluate(node.test, scope))
    endless = truth(machine.evaluate(node.test, scope)) is True
    return not endless or any(isinstance(each, ast.Break) for each in ast.walk(node))


def _loop(
    machine: Machine,
    node: ast.For | ast.AsyncFor | ast.While,
    scope: Scope,
    begin: Callable[[], object],
) -> None:
    states = [dict(scope.names)]
    for _ in range(PASSES):
        begin()
        machine.run(node.body, scope)
        states.append(scope.names)
        scope.names = _joined(states)
    machine.run(node.orelse, scope)


def _with(machine: Machine, node: ast.With | ast.AsyncWith, scope: Scope) -> bool:
    for item in node.items:
        value = machine.evaluate(item.context_expr, scope)
        if item.optional_vars is not None:
            machine.assign(item.optional_vars, value, scope)
    return machine.run(node.body, scope)


def _try(machine: Machine, node: ast.Try, scope: Scope) -> bool:
    before = dict(scope.names)
    through = machine.run([*node.body, *node.orelse], scope)
    states = [scope.names] if through else []
    reached = _joined([before, scope.names])
    for handler in node.handlers:
        scope.names = dict(reached)
        if handler.name:
            scope.names[handler.name] = UNKNOWN
        if machine.run(handler.body, scope):
            states.append(scope.names)
    scope.names = _joined(states or [reached])
    return machine.run(node.finalbody, scope) and bool(states)


def _match(machine: Machine, node: ast.Match, scope: Scope) -> bool:
    subject = machine.evaluate(node.subject, scope)
    for case in node.cases:
        for part in ast.walk(case.pattern):
            name = getattr(part, "name", None) or getattr(part, "rest", None)
            if isinstance(name, str):
                scope.bind(name, subject)
    return _either(machine, [*(case.body for case in node.cases), []], scope)


def _delete(machine: Machine, node: ast.Delete, scope: Scope) -> bool:
    for target in node.targets:
        if isinstance(target, ast.Attribute):
            machine.assign(target, UNKNOWN, scope)
    return True


def _function(machine: Machine, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> bool:
    value: Value = one(closure(machine, node, scope))
    for decorator in reversed(node.decorator_list):
        decorated = machine.call(
            machine.evaluate(decorator, scope), Arguments([value]), decorator.lineno
        )
        value = union([value, decorated])
    scope.bind(node.name, value)
    return True


def closure(
    machine: Machine, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope
) -> Closure:
    """Return a function of the program; its defaults are evaluated now."""
    defaults = tuple(machine.evaluate(each, scope) for each in node.args.defaults)
    named = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    keyword = {a.arg: machine.evaluate(d, scope) for a, d in named if d is not None}
    return Closure(node, scope, defaults, keyword)


def _class(machine: Machine, node: ast.ClassDef, scope: Scope) -> bool:
    bases = tuple(machine.evaluate(base, scope) for base in node.bases)
    inside = Scope(outer=scope)
    machine.run(node.body, inside)
    scope.bind(node.name, one(ClassValue(node, inside, bases)))
    return True


def _import(machine: Machine, node: ast.Import, scope: Scope) -> bool:
    for alias in node.names:
        root = alias.name.split(".")[0]
        scope.bind(alias.asname or root, one(Named(alias.name if alias.asname else root)))
        _imported(machine, alias.name, node.lineno)
    return True


def _import_from(machine: Machine, node: ast.ImportFrom, scope: Scope) -> bool:
    for alias in node.names:
        path = f"{node.module or ''}.{alias.name}"
        scope.bind(alias.asname or alias.name, one(Named(path)))
    _imported(machine, node.module or "", node.lineno)
    return True


def _imported(machine: Machine, name: str, line: int) -> None:
    if f"{name}.py" in machine.written:
        machine.execute_hit(line, f"imports {name}, a file with a candidate's source")


def _global(machine: Machine, node: ast.Global | ast.Nonlocal, scope: Scope) -> bool:
    top = scope
    while top.outer is not None:
        top = top.outer
    for name in node.names:
        owner = top
        if isinstance(node, ast.Nonlocal) and scope.outer is not None:
            owner = _owner(scope.outer, name)
        scope.declared[name] = owner
    return True


def _owner(scope: Scope, name: str) -> Scope:
    found: Scope | None = scope
    while found is not None and name not in found.names:
        found = found.outer
    return found or scope


def _assert(machine: Machine, node: ast.Assert, scope: Scope) -> bool:
    return truth(machine.evaluate(node.test, scope)) is not False


_HANDLERS: dict[type[ast.stmt], Callable[..., bool]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Break: _leave,
    ast.Continue: _leave,
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.Match: _match,
    ast.Delete: _delete,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Global: _global,
    ast.Nonlocal: _global,
    ast.Assert: _assert,
}


def assign_target(machine: Machine, target: ast.expr, value: Value, scope: Scope) -> None:
    """Let names, attributes, items or parts of a pattern stand for a value."""
    if isinstance(target, ast.Name):
        scope.bind(target.id, value)
    elif isinstance(target, ast.Starred):
        assign_target(machine, target.value, one(Container(rest=value)), scope)
    elif isinstance(target, ast.Tuple | ast.List):
        for place, part in enumerate(target.elts):
            assign_target(machine, part, _part(value, place), scope)
    elif isinstance(target, ast.Subscript):
        key = machine.evaluate(target.slice, scope)
        for atom in machine.evaluate(target.value, scope):
            if isinstance(atom, Container):
                put(atom, key, value)
    elif isinstance(target, ast.Attribute):
        store_attribute(machine, machine.evaluate(target.value, scope), target, value)


def _part(value: Value, place: int) -> Value:
    parts = [
        atom.items.get(place, atom.rest or atom.keys)
        if isinstance(atom, Container) and not atom.keys
        else elements(one(atom))
        for atom in value
    ]
    return union(parts) or UNKNOWN


def store_attribute(machine: Machine, owner: Value, target: ast.Attribute, value: Value) -> None:
    """Write an attribute; one of the utility or the model is an attempt."""
    for atom in owner:
        if isinstance(atom, Instance):
            before = atom.attributes.get(target.attr, frozenset())
            atom.attributes[target.attr] = union([before, value])
        else:
            machine.overwrite(atom, target.attr, target.lineno)
