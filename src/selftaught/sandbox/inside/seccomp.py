"""The seccomp filter: an allow-list whose default is to ask the host."""

from __future__ import annotations

import ctypes
import errno
import functools
import struct
from collections.abc import Mapping
from dataclasses import dataclass

from .kernel import MACHINE, MACHINES, NUMBERS, Call, MissingFeatureError, load_numbers
from .rules import CHECKED, ERRORS, FREE, OWN_PID, Check

_ALLOW, _ERRNO, _NOTIFY = 0x7FFF0000, 0x00050000, 0x7FC00000
_LOAD, _JUMP_EQUAL, _AND, _RETURN = 0x20, 0x15, 0x54, 0x06
_JUMP_FROM, _JUMP = 0x35, 0x05
_FARTHEST = 255
_NUMBER_AT, _MACHINE_AT, _ARGUMENTS_AT = 0, 4, 16

_SET_MODE_FILTER = 1
_NEW_LISTENER, _WAIT_KILLABLE = 1 << 3, 1 << 5

_ANY_PID = 0x7ABCDEF1
"""Stands in the filter for the pid of the process that will install it."""

_STEP_BYTES = 8

Instruction = tuple[int, int, int, int]
"""Code, jump if true, jump if false, operand."""


@dataclass(frozen=True, eq=False)
class Lists:
    """What a filter lets pass; the host is asked about the rest.

    Attributes:
        free: calls that pass.
        checked: calls that pass with these arguments.
        errors: calls that fail quietly, and with which error.
    """

    free: frozenset[str]
    checked: Mapping[str, tuple[Check, ...]]
    errors: Mapping[str, int]


PROGRAMS = Lists(FREE, CHECKED, ERRORS)
"""What programs that a model wrote may do."""


def _load(offset: int) -> Instruction:
    return (_LOAD, 0, 0, offset)


def _answer(action: int) -> Instruction:
    return (_RETURN, 0, 0, action)


def _check(check: Check, pid: int) -> list[Instruction]:
    """Return instructions that go on after the last one if the argument passes, else return.

    An argument that does not pass is told to the host.
    """
    values = [pid if value == OWN_PID else value for value in check.values]
    offset = _ARGUMENTS_AT + 8 * check.argument
    code = [_load(offset), (_AND, 0, 0, check.mask)]
    for index, value in enumerate(values):
        code.append((_JUMP_EQUAL, len(values) - index, 0, value))
    code.append(_answer(_NOTIFY))
    if check.whole:
        code += [_load(offset + 4), (_JUMP_EQUAL, 1, 0, 0), _answer(_NOTIFY)]
    return code


def _leaves(numbers: dict[str, int], pid: int, lists: Lists) -> list[tuple[int, list[Instruction]]]:
    """Return what is done from each number on, in rising order, up to the next one."""
    bodies = {numbers[name]: [_answer(_ERRNO | error)] for name, error in lists.errors.items()}
    for name in lists.free & numbers.keys() - lists.errors.keys():
        bodies[numbers[name]] = [_answer(_ALLOW)]
    for name in lists.checked.keys() & numbers.keys():
        steps = [step for check in lists.checked[name] for step in _check(check, pid)]
        bodies[numbers[name]] = [*steps, _answer(_ALLOW)]
    unlisted = [_answer(_NOTIFY)]
    leaves = [(0, bodies.get(0, unlisted))]
    for number in range(1, max(bodies) + 2):
        body = bodies.get(number, unlisted)
        if body != leaves[-1][1]:
            leaves.append((number, body))
    return leaves


def _search(leaves: list[tuple[int, list[Instruction]]]) -> list[Instruction]:
    """Return a binary search for the leaf of a number.

    The kernel runs a new filter once for each number to see which calls always pass, so a
    search from first to last would cost each child as much as its whole confinement.
    """
    if len(leaves) == 1:
        return leaves[0][1]
    middle = len(leaves) // 2
    below, above = _search(leaves[:middle]), _search(leaves[middle:])
    first = leaves[middle][0]
    if len(below) <= _FARTHEST:
        return [(_JUMP_FROM, len(below), 0, first), *below, *above]
    return [(_JUMP_FROM, 0, 1, first), (_JUMP, 0, 0, len(below)), *below, *above]


def program(
    numbers: dict[str, int], machine: str, pid: int, lists: Lists = PROGRAMS
) -> list[Instruction]:
    """Return the filter of a machine for a process whose own pid is ``pid``."""
    return [
        _load(_MACHINE_AT),
        (_JUMP_EQUAL, 1, 0, MACHINES[machine]),
        _answer(_NOTIFY),
        _load(_NUMBER_AT),
        *_search(_leaves(numbers, pid, lists)),
    ]


@functools.cache
def _text(machine: str, lists: Lists) -> bytes:
    """Return the machine's filter as the kernel reads it, for a pid that is put in later."""
    steps = program(load_numbers(machine), machine, _ANY_PID, lists)
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


class Filter:
    """The filter for the process of one pid, and the calls that install it."""

    def __init__(self, pid: int, lists: Lists = PROGRAMS) -> None:
        """Put everything together, so that installing is one system call."""
        text = _text(MACHINE, lists).replace(struct.pack("=I", _ANY_PID), struct.pack("=I", pid))
        self._buffer = ctypes.create_string_buffer(text, len(text))
        address = ctypes.addressof(self._buffer)
        header = struct.pack("@HxxxxxxQ", len(text) // _STEP_BYTES, address)
        self._killable = Call("seccomp", _SET_MODE_FILTER, _NEW_LISTENER | _WAIT_KILLABLE, header)
        self._plain = Call("seccomp", _SET_MODE_FILTER, _NEW_LISTENER, header)

    def install(self) -> int:
        """Confine this process for good; return the descriptor at which the host is asked.

        The process must not be able to gain privileges.

        Raises:
            MissingFeatureError: the kernel has no seccomp filters with user notification.
        """
        try:
            return self._install()
        except OSError as error:
            reason = f"seccomp user notification: {error}"
            raise MissingFeatureError("seccomp", reason) from None

    def _install(self) -> int:
        try:
            return self._killable()
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            return self._plain()


def prepare(lists: Lists = PROGRAMS) -> None:
    """Build the filter in the launcher, so that children need not.

    Raises:
        MissingFeatureError: this machine's system calls are not known.
    """
    if not NUMBERS:
        raise MissingFeatureError("seccomp", f"system calls of {MACHINE} are not known")
    _text(MACHINE, lists)
