"""``selftaught tasks``: the tasks that can be named."""

from selftaught.cli.answer import Answer


def tasks() -> Answer:
    """List the bundled tasks and those of installed packages.

    Example: selftaught tasks
    """
    from selftaught.cli.words.lists import table
    from selftaught.tasks.registry import names

    found = names()
    return Answer(
        {"tasks": [each._asdict() for each in found]},
        lambda: [
            table(("task", "what it is", "from"), [tuple(each) for each in found]),
            "You can also name a folder; `selftaught new DIR` creates one.",
        ],
    )
