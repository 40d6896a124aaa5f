"""What is shown while a run goes on: news, progress, the live view, the plain lines."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

import pytest
from rich.console import Console

from selftaught.app.patch.names import DETAIL
from selftaught.cli import watching as watching_module
from selftaught.cli.console import visible
from selftaught.cli.live import LiveView
from selftaught.cli.news import News
from selftaught.cli.progress import Progress, progress_of
from selftaught.cli.watching import PlainLines, Watcher, watching
from selftaught.engine.settings import Products, Settings
from selftaught.values.event import Event
from selftaught.values.facts import (
    Compared,
    Decided,
    Fact,
    InvocationFinished,
    InvocationStarted,
    Minimised,
    Noted,
    RoundStarted,
    RunStarted,
    UtilityCalled,
)
from selftaught.values.records import Charged, Interval, Spent, TaskRecord
from selftaught.values.state import RunState

MOST = Products(invocations=10, responses=100, evaluations=50, instance_calls=500)
A, B = "a" * 64, "b" * 64


def started(command: str = "run", details: dict[str, Any] | None = None) -> RunStarted:
    return RunStarted(
        details=details or {},
        command=command,
        version="0",
        seed=7,
        model="offline",
        improver=A,
        tasks=(TaskRecord(name="numbers", path="numbers", digest=""),),
        settings=Settings().as_data(),
        sandbox="namespaces",
    )


def working(task: str) -> InvocationStarted:
    return InvocationStarted(improver=A, task=task, initial=B, seed=1)


def scored(score: float) -> UtilityCalled:
    return UtilityCalled(program=B, score=score, status="ok", evaluation="e", charged=True)


def decided(*, adopted: bool) -> Decided:
    return Decided(round=1, incumbent=A, proposed=B, adopted=adopted, reason="8 pairs", rule="gate")


def after(*facts: tuple[str, Fact]) -> RunState:
    state = RunState()
    for number, (invocation, fact) in enumerate(facts):
        state.apply(Event(invocation, number, fact))
    return state


SEARCHED = (
    ("improve", working("total")),
    (
        "improve",
        InvocationFinished(
            status="ok", program=B, detail="", spent=Spent(), charged=Charged(), seconds=1.0
        ),
    ),
)
COMPARED = Compared(
    program=B,
    against=A,
    what="speed",
    status="faster",
    reason="",
    before=(),
    after=(),
    gain=Interval(mean=None, low=None, high=None, n=0),
    figures={},
    seconds=1.0,
)
MINIMISED = Minimised(
    winner=B,
    program=B,
    train_before=1.0,
    fresh_before=1.0,
    train=1.0,
    fresh=1.0,
    changes_before=2,
    changes_after=1,
    tries=1,
    kept=(),
)

STAGES = [
    ((), "starts"),
    ((("", started()),), "measuring the starting improver"),
    (
        (("", started()), ("", RoundStarted(round=1, improver=A)), ("r1", working("meta"))),
        "round 1 of 3: the improver is rewriting itself",
    ),
    (
        (
            ("", started()),
            ("", RoundStarted(round=2, improver=A)),
            ("r2/gate/new/numbers/0", working("numbers")),
        ),
        "round 2 of 3: measuring pairs for the decision",
    ),
    (
        (
            ("", started()),
            ("control/", RoundStarted(round=1, improver=A)),
            ("control/r1/proposed/numbers/0", working("numbers")),
        ),
        "control, round 1 of 3: measuring the proposal",
    ),
    (
        (("", started()), ("test/aaaa/numbers/0", working("numbers"))),
        "final measurement on test",
    ),
    ((("", started("improve")), ("improve", working("numbers"))), "the improver is working"),
    ((("", started("patch")),), "scoring the original"),
    (
        (("", started("patch")), ("best_of_n", working("total"))),
        "best-of-N is working with the same budget",
    ),
    (
        (("", started("patch", {DETAIL: {"best_of_n": True}})), *SEARCHED),
        "scoring what the improver returned",
    ),
    (
        (("", started("patch")), *SEARCHED),
        "measuring the best version against the original afresh",
    ),
    (
        (("", started("patch")), *SEARCHED, ("", COMPARED)),
        "dropping edits that do not help",
    ),
    (
        (("", started("patch")), *SEARCHED, ("", COMPARED), ("", MINIMISED)),
        "measuring the smaller version against the original afresh",
    ),
]


@pytest.mark.parametrize(("facts", "stage"), STAGES, ids=lambda value: str(value)[:20])
def test_the_stage_follows_from_what_is_running(
    facts: tuple[tuple[str, Fact], ...], stage: str
) -> None:
    assert progress_of("run-1", after(*facts), MOST).stage == stage


def test_progress_tells_what_is_left_and_the_best_so_far() -> None:
    state = after(
        ("", started("improve")),
        ("improve", working("numbers")),
        ("improve", scored(0.25)),
        ("improve", scored(0.5)),
    )
    progress = progress_of("run-1", state, MOST)
    assert progress.best == "best so far 0.5000 on train"
    assert progress.left == "4 of 4 model calls, 23 of 25 utility calls"
    assert progress.running == "improve"
    assert "run-1 · numbers · offline · seed 7" in progress.title
    assert "best so far" in progress.line()


def test_only_gains_are_news() -> None:
    news = News()
    lines = [news.line("run-1", Event("improve", 0, scored(s))) for s in (0.2, 0.1, 0.2, 0.3)]
    assert lines == ["first score: 0.2000 on train", "", "", "better: 0.3000 on train"]
    assert news.line("run-1", Event("r1/c0/numbers/0", 0, scored(0.9))) == ""


def test_decisions_and_notes_are_news() -> None:
    news = News()
    assert news.line("run-1", Event("", 0, decided(adopted=True))) == "round 1: adopted; 8 pairs"
    line = news.line("run-1", Event("control/", 0, decided(adopted=False)))
    assert line == "control: round 1: kept the incumbent; 8 pairs"
    assert news.line("run-1", Event("", 0, Noted(topic="t", text="source leaves"))) == (
        "source leaves"
    )
    assert "selftaught show run-1" in news.line("run-1", Event("", 0, started()))


def test_the_live_view_fits_its_terminal_and_is_wiped() -> None:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=60, height=20, markup=False)
    view = LiveView(console)
    view.start()
    state = after(("", started()), ("", RoundStarted(round=1, improver=A)), ("r1", working("m")))
    view.news("round 1 starts [bold]\x1b[31m")
    view.show(progress_of("run-1", state, MOST))
    with console.capture() as capture:
        console.print(view._draw())
    view.stop()
    drawn = capture.get()
    assert "round 1 of 3" in drawn
    assert "100 responses at most" in drawn
    assert "round 1 starts [bold]\\x1b[31m" in file.getvalue(), "control characters are shown"


def test_a_watcher_tells_its_view(capsys: pytest.CaptureFixture[str]) -> None:
    watcher = Watcher(PlainLines(), MOST)
    state = after(("", started()))
    watcher.listener("run-1", Event("", 0, started()), state)
    assert watcher.run == "run-1"
    assert "run-1 has started" in capsys.readouterr().err


def test_plain_lines_remind_after_a_while(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("selftaught.cli.watching.QUIET_SECONDS", 0.0)
    with watching(MOST) as watcher:
        watcher.view.show(progress_of("run-1", after(("", started())), MOST))
        err = ""
        while "…" not in err:
            err += capsys.readouterr().err
    assert "… measuring the starting improver" in err


def test_visible_keeps_lines_and_shows_the_rest() -> None:
    assert visible("a\n\tb") == "a\n\tb"
    assert visible("\x1b]0;x\x07\u202e\x9b") == "\\x1b]0;x\\x07\\u202e\\x9b"


@dataclass
class Kept:
    """A view that keeps what it was given."""

    shown: list[Progress] = field(default_factory=list)

    def start(self) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        raise NotImplementedError

    def news(self, line: str) -> None:
        raise NotImplementedError

    def show(self, progress: Progress) -> None:
        self.shown.append(progress)


def test_what_is_told_beside_events_is_shown_until_the_next_event(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watching_module, "REDRAW_SECONDS", 0.0)
    view = Kept()
    watcher, state = Watcher(view, MOST), after(("", started("patch")), *SEARCHED)
    watcher.tell("lost: there is no run yet")
    assert not view.shown
    watcher.listener("run-1", Event("", 9, COMPARED), state)
    watcher.tell("9 of at most 40 blocks of four runs")
    assert "original afresh; 9 of at most 40 blocks" in view.shown[-1].line()
    watcher.listener("run-1", Event("", 10, COMPARED), state)
    assert len(view.shown) == 3
    assert "9 of at most" not in view.shown[-1].line()
