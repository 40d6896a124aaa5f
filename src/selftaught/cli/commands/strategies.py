"""``selftaught strategies``: how improvers search."""

from typing import Annotated

from typer import Argument

from selftaught.cli.answer import Answer
from selftaught.cli.options import Place, store_options


def strategies(
    *,
    names: Annotated[
        list[str],
        Argument(
            metavar="RUN|FILE...",
            help="Runs (ids or prefixes), for what their rounds proposed; or Python files.",
        ),
    ],
    place: Place,
) -> Answer:
    """Show which search strategies improvers use, and the lines that reveal them.

    Strategies are read from syntax and data flow and, for a run, also from its calls. For a
    run they are counted over all proposals and over adopted ones, by round. See
    docs/strategies.md.

    Example: selftaught strategies run-2026 my_improver.py
    """
    from selftaught.app.strategies import strategies as found
    from selftaught.cli.words.strategies import strategies_words

    result = found(names, store_options(place))
    return Answer(result.model_dump(mode="json"), lambda: strategies_words(result))
