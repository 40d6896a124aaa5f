"""Access: attributes, items and targets, read and written."""

from __future__ import annotations

import ast

from selftaught.analysis.interpretation.calls import Calls
from selftaught.analysis.interpretation.values import (
    NOTHING,
    Arguments,
    Class,
    Closure,
    Container,
    Instance,
    Method,
    Named,
    Partial,
    Scope,
    Value,
    constant,
    inherited,
    join,
    one,
)

STORED = "[]"
"""Under this name an object holds what is stored in it by key."""


class Access(Calls):
    """Attributes, items and targets of a program under way."""

    # ------------------------------------------------------------------------ attributes

    def attribute(self, owner: Value, name: str, node: ast.AST) -> Value:
        """Return what an attribute of a value may be."""
        found = []
        for instance in owner.of(Instance):
            found.append(inherited(owner, self._of_instance(instance, name, node)))
        for cls in owner.of(Class):
            known = constant(cls.node.name) if name == "__name__" else one(Method(one(cls), name))
            found.append(cls.members.get(name, known))
        for named in owner.of(Named):
            found.append(one(named if name == "__dict__" else Named(f"{named.path}.{name}")))
        others = owner.refs.difference(*map(owner.of, (Instance, Class, Named)))
        if not found or others or self.may_be_unknown(owner):
            found.append(self.attribute_of_other(owner, name, node))
        return join(found)

    def _of_instance(self, instance: Instance, name: str, node: ast.AST) -> Value:
        if name in instance.attributes:
            return instance.attributes[name]
        if name in instance.cls.members:
            return self._bound(instance, instance.cls.members[name], node)
        if name == "__class__":
            return one(instance.cls)
        if name == "__dict__":
            return one(Container(instance.attributes))
        return self.missing(instance, name)

    def _bound(self, instance: Instance, member: Value, node: ast.AST) -> Value:
        """Return a member of a class as its instance offers it."""
        decorators = " ".join(each for ref in member.of(Closure) for each in ref.decorators())
        if not member.of(Closure) or "staticmethod" in decorators:
            return member
        first = instance.cls if "classmethod" in decorators else instance
        bound = one(Partial(member, Arguments(node, [one(first)])))
        return self.call(bound, Arguments(node)) if "property" in decorators else bound

    # ----------------------------------------------------------------------------- items

    def subscript(self, owner: Value, key: Value, node: ast.AST) -> Value:
        """Return what stands under a key of a value."""
        found = [self.item(owner, key, node)]
        for instance in owner.of(Instance):
            for name in ("__getitem__", "__missing__"):
                if name in instance.cls.members:
                    member = instance.cls.members[name]
                    found.append(self.call(member, Arguments(node, [one(instance), key])))
            found.append(instance.attributes.get(STORED, NOTHING))
        return join(found)

    # --------------------------------------------------------------------------- targets

    def assign(self, target: ast.expr, value: Value, scope: Scope) -> None:
        """Let a target stand for a value."""
        if isinstance(target, ast.Name):
            kept = self.state(self.guarded(value or self.unknown, target))
            scope.bind(target.id, kept)
            self.note(target, kept)
        elif isinstance(target, ast.Tuple | ast.List):
            for place, each in enumerate(target.elts):
                part = value if isinstance(each, ast.Starred) else _part(value, place)
                self.assign(each, part, scope)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, value, scope)
        elif isinstance(target, ast.Attribute):
            self._assign_attribute(target, value, scope)
        elif isinstance(target, ast.Subscript):
            self._assign_item(target, value, scope)

    def _assign_attribute(self, target: ast.Attribute, value: Value, scope: Scope) -> None:
        owner = self.evaluate(target.value, scope)
        value = self.state(self.guarded(value, target))
        self.writing(owner, target, value)
        for instance in owner.of(Instance):
            known = instance.attributes.get(target.attr, NOTHING)
            plain = isinstance(target.value, ast.Name) and len(owner.refs) == 1
            fresh = plain and not self.loops and not self.guards
            instance.attributes[target.attr] = value if fresh else join([known, value])

    def _assign_item(self, target: ast.Subscript, value: Value, scope: Scope) -> None:
        owner = self.evaluate(target.value, scope)
        if isinstance(target.slice, ast.Slice):
            self.evaluate(target.slice, scope)
            owner.add(value.elements())
            self.rebind(target.value, join([owner, value]), scope)
            return
        key = self.evaluate(target.slice, scope)
        value = self.stored(target, owner, key, value, scope)
        for ref in owner.containers():
            ref.store(key, value)
        for instance in owner.of(Instance):
            stored = instance.attributes.get(STORED, NOTHING)
            instance.attributes[STORED] = join([stored, value])

    def rebind(self, node: ast.expr, value: Value, scope: Scope) -> None:
        """Let a name or attribute stand for its collection in a new state."""
        if isinstance(node, ast.Name):
            scope.bind(node.id, value)
        elif isinstance(node, ast.Attribute):
            for instance in self.evaluate(node.value, scope).of(Instance):
                instance.attributes[node.attr] = value


def _part(value: Value, place: int) -> Value:
    """Return what stands at a place of a value that is unpacked."""
    known = value.containers()
    found = [
        inherited(value, ref.items[place], origin=ref.rest is not None)
        for ref in known
        if place in ref.items
    ]
    if any(place not in ref.items for ref in known) or not known:
        found.append(value.elements())
    return join(found)
