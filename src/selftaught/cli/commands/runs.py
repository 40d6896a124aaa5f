"""``selftaught runs``: what is in the store."""

from dataclasses import asdict

from selftaught.cli.answer import Answer
from selftaught.cli.options import Place, store_options


def runs(*, place: Place) -> Answer:
    """List the runs in the store, newest first.

    Example: selftaught runs
    """
    from selftaught.cli.text.lists import runs_words
    from selftaught.runs.reader import list_runs

    found = list_runs(store_options(place))
    return Answer({"runs": [asdict(each) for each in found]}, lambda: runs_words(found))
