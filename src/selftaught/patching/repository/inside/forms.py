"""Forms: values as JSON, so exact that equal forms mean equal values of equal types.

The host compares forms and never builds the values. What has no form is no plain data: it
can't be recorded as an input. An output without a form has a portrait: its type and text.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import enum
import fractions
import importlib
import json
import pathlib
import re
import sys
import uuid
from collections.abc import Callable
from typing import Any

Form = Any
MOST_NODES = 50_000
MOST_DEPTH = 40
MOST_ITEMS = 1_000
"""Items that are taken of an iterator."""

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{4,}")
_EXACT = 2**53

_TEXTUAL: dict[str, tuple[type, Callable[[str], Any]]] = {
    "decimal": (decimal.Decimal, decimal.Decimal),
    "fraction": (fractions.Fraction, fractions.Fraction),
    "datetime": (datetime.datetime, datetime.datetime.fromisoformat),
    "date": (datetime.date, datetime.date.fromisoformat),
    "time": (datetime.time, datetime.time.fromisoformat),
    "uuid": (uuid.UUID, uuid.UUID),
    "path": (type(pathlib.Path()), pathlib.Path),
}


class NoFormError(Exception):
    """A value that is no plain data; the message names its type."""


class _Writer:
    """Turns one value into its form, within bounds."""

    def __init__(self) -> None:
        self.left = MOST_NODES

    def form(self, value: Any, depth: int = 0) -> Form:
        """Return the form of one value."""
        self.left -= 1
        if self.left < 0 or depth > MOST_DEPTH:
            raise NoFormError("data that is too large, too deep or contains itself")
        kind = type(value)
        if value is None or kind is bool or kind is str:
            return value
        if kind is int:
            return value if -_EXACT <= value <= _EXACT else {"int": hex(value)}
        if kind is float:
            return {"float": value.hex()}
        writer = _WRITERS.get(kind)
        if writer is not None:
            return writer(self, value, depth + 1)
        for tag, (exact, _) in _TEXTUAL.items():
            if kind is exact:
                return {tag: value.isoformat() if hasattr(value, "isoformat") else str(value)}
        return self._rare(value, kind, depth + 1)

    def forms(self, values: Any, depth: int) -> list[Form]:
        """Return the forms of several values, in order."""
        return [self.form(value, depth) for value in values]

    def unordered(self, values: Any, depth: int) -> list[Form]:
        """Return the forms of a set's members in an order that only they decide."""
        return sorted(self.forms(values, depth), key=text_of)

    def _rare(self, value: Any, kind: type, depth: int) -> Form:
        numpy = sys.modules.get("numpy")
        if numpy is not None and isinstance(value, (numpy.ndarray, numpy.generic)):
            return _array_form(numpy, value)
        if isinstance(value, type) or (callable(value) and hasattr(value, "__qualname__")):
            return {"name": _name_of(value)}
        if isinstance(value, enum.Enum):
            return {"enum": [_name_of(kind), value.name]}
        if isinstance(value, BaseException):
            return {"exception": [_name_of(kind), self.forms(value.args, depth)]}
        for base in _BASES:
            if isinstance(value, base):
                return {"of": [_name_of(kind), self.form(_plain(value, base), depth)]}
        return self._instance(value, kind, depth)

    def _instance(self, value: Any, kind: type, depth: int) -> Form:
        """Return the form of an instance that is nothing but its attributes."""
        slots = any("__slots__" in vars(each) for each in kind.__mro__[:-1])
        custom = any(
            each is not object and {"__reduce__", "__reduce_ex__", "__getstate__"} & set(vars(each))
            for each in kind.__mro__
        )
        if slots or custom or kind.__module__ == "builtins" or not hasattr(value, "__dict__"):
            raise NoFormError(f"{kind.__module__}.{kind.__qualname__}")
        return {"instance": [_name_of(kind), self.form(dict(vars(value)), depth)]}


def _mapping(writer: _Writer, value: Any, depth: int) -> Form:
    return {"dict": [writer.forms(pair, depth) for pair in dict.items(value)]}


_WRITERS: dict[type, Callable[[_Writer, Any, int], Form]] = {
    list: _Writer.forms,
    tuple: lambda writer, value, depth: {"tuple": writer.forms(value, depth)},
    dict: _mapping,
    set: lambda writer, value, depth: {"set": writer.unordered(value, depth)},
    frozenset: lambda writer, value, depth: {"frozenset": writer.unordered(value, depth)},
    bytes: lambda writer, value, depth: {"bytes": value.hex()},
    bytearray: lambda writer, value, depth: {"bytearray": value.hex()},
    complex: lambda writer, value, depth: {"complex": [value.real.hex(), value.imag.hex()]},
    range: lambda writer, value, depth: {"range": [value.start, value.stop, value.step]},
    datetime.timedelta: lambda writer, value, depth: {
        "timedelta": [value.days, value.seconds, value.microseconds]
    },
    collections.deque: lambda writer, value, depth: {
        "deque": [writer.forms(value, depth), value.maxlen]
    },
    slice: lambda writer, value, depth: {
        "slice": writer.forms((value.start, value.stop, value.step), depth)
    },
}
_BASES = (tuple, list, dict, set, frozenset, str, int, float, bytes)


def _plain(value: Any, base: type) -> Any:
    if base is dict:
        return dict(dict.items(value))
    if base in (list, tuple, set, frozenset):
        return base(base.__iter__(value))
    return base.__new__(base, value)


def _array_form(numpy: Any, value: Any) -> Form:
    if value.dtype.hasobject or value.dtype.names:
        raise NoFormError(f"numpy array of {value.dtype}")
    tag = "array" if isinstance(value, numpy.ndarray) else "scalar"
    if value.nbytes > MOST_NODES * 8:
        raise NoFormError("data that is too large, too deep or contains itself")
    return {
        tag: [value.dtype.str, list(value.shape), numpy.ascontiguousarray(value).tobytes().hex()]
    }


def _name_of(value: Any) -> list[str]:
    """Return module and name of a class or function that can be found again by them."""
    module, name = str(getattr(value, "__module__", "")), getattr(value, "__qualname__", "")
    try:
        found = _named([module, name])
    except Exception:  # the names are the program's, and so is what looking them up runs
        found = None
    if found is not value and getattr(found, "__wrapped__", None) is not value:
        raise NoFormError(f"{module}.{name}, which can't be found by its name")
    return [module, name]


def _named(name: list[str]) -> Any:
    found = importlib.import_module(name[0])
    for part in name[1].split("."):
        found = getattr(found, part)
    return found


def to_form(value: Any) -> Form:
    """Return the value's form.

    Raises:
        NoFormError: it is no plain data.
    """
    return _Writer().form(value)


def to_portrait(value: Any) -> Form:
    """Return the value's form, or where it has none its type and text, addresses left out.

    An iterator is read to its end or to `MOST_ITEMS`; what it raises belongs to the portrait.
    """
    try:
        if hasattr(value, "__next__") and not hasattr(value, "__len__"):
            return _iterator_portrait(value)
        return to_form(value)
    except NoFormError:
        kind = type(value)
        return {"text": [f"{kind.__module__}.{kind.__qualname__}", text_without_addresses(value)]}


def _iterator_portrait(value: Any) -> Form:
    items: list[Form] = []
    raised = ""
    try:
        for item in value:
            items.append(to_portrait(item))
            if len(items) >= MOST_ITEMS:
                break
    except Exception as error:  # whatever the program raises belongs to its output
        raised = type(error).__qualname__
    return {"iterator": [items, raised]}


def text_without_addresses(value: Any) -> str:
    """Return the value's ``repr``, addresses blotted out, cut to 2,000 characters."""
    try:
        return _ADDRESS.sub("0x", repr(value))[:2000]
    except Exception as error:  # the program's own __repr__ runs here
        return f"(no text: {type(error).__name__})"


def text_of(form: Form) -> str:
    """Return the form as JSON, the same for equal forms."""
    return json.dumps(form, separators=(",", ":"), sort_keys=True)


def from_form(form: Form) -> Any:
    """Return a fresh value of this form."""
    if isinstance(form, list):
        return [from_form(item) for item in form]
    if not isinstance(form, dict):
        return form
    ((tag, content),) = form.items()
    if tag in _TEXTUAL:
        return _TEXTUAL[tag][1](content)
    return _READERS[tag](content)


def _of(content: Form) -> Any:
    kind, base = _named(content[0]), from_form(content[1])
    if hasattr(kind, "_make") and isinstance(base, tuple):
        return kind._make(base)
    return kind(base)


def _instance(content: Form) -> Any:
    kind = _named(content[0])
    value = kind.__new__(kind)
    value.__dict__.update(from_form(content[1]))
    return value


def _numpy(content: Form) -> Any:
    numpy = importlib.import_module("numpy")
    raw = numpy.frombuffer(bytes.fromhex(content[2]), dtype=numpy.dtype(content[0]))
    return raw.reshape(content[1]).copy()


def _tuple_of(content: Form) -> tuple[Any, ...]:
    return tuple(from_form(content))


_READERS: dict[str, Callable[[Form], Any]] = {
    "int": lambda content: int(content, 16),
    "float": float.fromhex,
    "tuple": _tuple_of,
    "dict": lambda content: {from_form(key): from_form(value) for key, value in content},
    "set": lambda content: set(_tuple_of(content)),
    "frozenset": lambda content: frozenset(_tuple_of(content)),
    "bytes": bytes.fromhex,
    "bytearray": bytearray.fromhex,
    "complex": lambda content: complex(*map(float.fromhex, content)),
    "range": lambda content: range(*content),
    "timedelta": lambda content: datetime.timedelta(*content),
    "deque": lambda content: collections.deque(from_form(content[0]), content[1]),
    "slice": lambda content: slice(*from_form(content)),
    "name": _named,
    "enum": lambda content: _named(content[0])[content[1]],
    "exception": lambda content: _named(content[0])(*from_form(content[1])),
    "of": _of,
    "instance": _instance,
    "array": _numpy,
    "scalar": lambda content: _numpy(content)[()],
}


def restorable_input(given: Form) -> bool:
    """Return whether arguments and named arguments can be built again from their forms."""
    return all(restorable(each) for each in [*given[0], *given[1].values()])


def restorable(form: Form) -> bool:
    """Return whether a value built from this form has this form again."""
    try:
        return text_of(to_form(from_form(form))) == text_of(form)
    except Exception:  # classes of the program are called here
        return False
