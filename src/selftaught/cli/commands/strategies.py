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
            help="Runs, by id or its beginning: what their rounds proposed; or Python files.",
        ),
    ],
    place: Place,
) -> Answer:
    """Show which search strategies improvers use, with the lines that show it.

    Read from the syntax tree and data flow, for a run from its calls too. A run's
    strategies are counted over all proposals and over those that were adopted, by round.
    See docs/strategies.md.

    Example: selftaught strategies run-2026 my_improver.py
    """
    from selftaught.cli.text.strategies import strategies_words
    from selftaught.experiments.strategies import strategies as found

    result = found(names, store_options(place))
    return Answer(result.model_dump(mode="json"), lambda: strategies_words(result))
