"""``selftaught improvers``: the library of improvers."""

from selftaught.cli.answer import Answer


def improvers() -> Answer:
    """List the improvers in the library: programs that improve programs.

    Example: selftaught improvers
    """
    from selftaught.cli.words.lists import table
    from selftaught.improver.registry import find, names

    found = names()
    return Answer(
        {"improvers": [{**each._asdict(), "id": find(each.name).id} for each in found]},
        lambda: [
            table(("improver", "what it does", "source"), [tuple(each) for each in found]),
            "You can also name a file: `--improver my_improver.py`.",
        ],
    )
