"""``selftaught doctor``: how programs are confined on this machine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

from selftaught.cli.answer import Answer
from selftaught.errors import SandboxUnavailableError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from selftaught.sandbox.doctor import Diagnosis
    from selftaught.sandbox.probe import Layer


def doctor() -> Answer:
    """Test each layer of the sandbox on this machine, for programs and for commands.

    Programs are written by a model; commands belong to a repository, such as its tests. A
    layer is witnessed when a program tried what the layer forbids and was refused. The exit
    status is 2 if programs or commands could not run without --unsafe.

    Example: selftaught doctor
    """
    from selftaught.sandbox import examine

    return told(examine())


def told(found: Diagnosis) -> Answer:
    """Return a diagnosis as the command's answer."""
    data = asdict(found)
    if not found.ok:
        missing = {
            f"{layer.name}: {layer.reason}": None
            for layer in (*found.layers, *found.commands.layers)
            if layer.reason
        }
        data["error"] = {
            "kind": "SandboxUnavailableError",
            "expected": "namespaces, or Landlock and seccomp, to confine programs and commands",
            "found": "; ".join(missing),
            "next": "follow the advice given for each layer, or accept the risk with --unsafe",
        }
    return Answer(
        data,
        lambda: [
            *_described("programs", found.mode, found.layers),
            *_described("commands", found.commands.mode, found.commands.layers),
        ],
        0 if found.ok else SandboxUnavailableError.exit_status,
    )


def _described(kind: str, mode: str, layers: Iterable[Layer]) -> list[RenderableType]:
    from selftaught.cli.words.lists import table

    verdict = f"{kind} run only with --unsafe" if mode == "refused" else f"{kind} run confined"
    rows = [(each.name, _word(each.active), _word(each.witnessed), each.reason) for each in layers]
    return [
        f"mode {mode}: {verdict}",
        table(("layer", "active", "witnessed", "why not"), rows),
    ]


def _word(value: bool) -> str:
    return "yes" if value else "no"
