"""The filter, run step by step as the kernel would, for both machines."""

from __future__ import annotations

import errno
import struct

import pytest

from selftaught.sandbox.inside import rules, seccomp
from selftaught.sandbox.inside.kernel import CLONE_THREAD, MACHINES, load_numbers

PID = 17
ALLOW, NOTIFY = 0x7FFF0000, 0x7FC00000


def verdict(machine: str, name: str, *arguments: int, architecture: int | None = None) -> int:
    """Return what the filter of a machine says about one call."""
    numbers = load_numbers(machine)
    return decide(machine, numbers[name], *arguments, architecture=architecture)


def decide(machine: str, number: int, *arguments: int, architecture: int | None = None) -> int:
    numbers = load_numbers(machine)
    words = (*arguments, *[0] * (6 - len(arguments)))
    data = struct.pack("=iIQ6Q", number, architecture or MACHINES[machine], 0, *words)
    steps = seccomp.program(numbers, machine, PID)
    register = position = 0
    while True:
        code, if_true, if_false, operand = steps[position]
        position += 1
        if code == 0x20:
            (register,) = struct.unpack_from("=I", data, operand)
        elif code == 0x54:
            register &= operand
        elif code == 0x15:
            position += if_true if register == operand else if_false
        elif code == 0x35:
            position += if_true if register >= operand else if_false
        elif code == 0x05:
            position += operand
        else:
            assert code == 0x06
            return operand


@pytest.fixture(params=list(MACHINES))
def machine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_name_in_the_rules_is_a_system_call() -> None:
    known = set().union(*(load_numbers(machine) for machine in MACHINES))
    named = rules.FREE | set(rules.WATCHED) | set(rules.CHECKED) | set(rules.PRETENDED)
    named |= {name for names in rules.CATEGORIES.values() for name in names.split()}
    assert named - known == set()


def test_free_calls_pass(machine: str) -> None:
    numbers = load_numbers(machine)
    for name in rules.FREE & numbers.keys():
        assert verdict(machine, name) == ALLOW, name


def test_everything_else_is_told_to_the_host(machine: str) -> None:
    listed = rules.FREE | set(rules.CHECKED) | set(rules.ERRORS)
    for name in load_numbers(machine).keys() - listed:
        assert verdict(machine, name) == NOTIFY, name
    for number in (-1, 600, 100_000, 0x40000000):
        assert decide(machine, number) == NOTIFY


def test_another_architecture_is_told_to_the_host(machine: str) -> None:
    assert verdict(machine, "read", architecture=0x40000003) == NOTIFY


@pytest.mark.parametrize(
    ("name", "arguments", "passes"),
    [
        ("kill", (PID, 9), True),
        ("kill", (PID + 1, 9), False),
        ("kill", (2**32 - 1, 9), False),
        ("tgkill", (PID, 18, 9), True),
        ("tgkill", (1, 18, 9), False),
        ("prlimit64", (0, 9), True),
        ("prlimit64", (PID, 9), True),
        ("prlimit64", (3, 9), False),
        ("socketpair", (1, 1, 0), True),
        ("socketpair", (1, 1 | 0o2000000, 0), True),
        ("socketpair", (1, 2, 0), False),
        ("socketpair", (2, 1, 0), False),
        ("sendto", (3, 1, 1, 0, 0, 0), True),
        ("sendto", (3, 1, 1, 0, 2**33, 16), False),
        ("sendto", (3, 1, 1, 0, 64, 16), False),
        ("fcntl", (3, 2, 1), True),
        ("fcntl", (3, 8, PID), False),
        ("fcntl", (3, 10, 9), False),
        ("ioctl", (1, 0x5401), True),
        ("ioctl", (1, 0x5412), False),
        ("ioctl", (1, 0xC0502100), False),
        ("prctl", (15, 0), True),
        ("prctl", (4, 0), False),
        ("newfstatat", (3, 0, 0, 0x1000), True),
        ("newfstatat", (3, 0, 0, 0x100), False),
        ("statx", (3, 0, 0x1000), True),
        ("clone", (CLONE_THREAD,), False),
        ("sendmsg", (3, 0, 0), False),
    ],
)
def test_checked_calls_pass_with_the_right_arguments(
    machine: str, name: str, arguments: tuple[int, ...], *, passes: bool
) -> None:
    assert verdict(machine, name, *arguments) == (ALLOW if passes else NOTIFY)


def test_clone3_fails_so_that_the_c_library_falls_back(machine: str) -> None:
    assert verdict(machine, "clone3") == 0x00050000 | errno.ENOSYS


def test_tables_of_both_machines_have_what_they_share_and_what_they_do_not() -> None:
    intel, arm = (load_numbers(machine) for machine in ("x86_64", "aarch64"))
    assert (intel["openat"], arm["openat"]) == (257, 56)
    assert (intel["clone"], arm["clone"]) == (56, 220)
    assert intel["landlock_add_rule"] == arm["landlock_add_rule"] == 445
    assert "open" in intel
    assert "open" not in arm
    with pytest.raises(KeyError):
        load_numbers("vax")
