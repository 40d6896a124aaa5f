"""``selftaught models``: the kinds of models, a check of one, and one as a server."""

from __future__ import annotations

from typing import Annotated

from typer import Option

from selftaught.cli.answer import Answer
from selftaught.cli.options import ModelAccess, model_options


def models(
    *,
    check: Annotated[
        str | None,
        Option(
            metavar="MODEL",
            help="Send one tiny request to MODEL and report what the answer reveals.",
        ),
    ] = None,
    serve: Annotated[
        str | None,
        Option(metavar="MODEL", help="Serve MODEL on loopback in OpenAI's protocol, until Ctrl-C."),
    ] = None,
    port: Annotated[
        int, Option(metavar="N", min=0, max=65535, help="Port to serve on; 0 picks a free one.")
    ] = 8000,
    access: ModelAccess,
) -> Answer:
    """List the kinds of models and how to name them; check or serve one.

    Example: selftaught models --serve offline --port 8000
    """
    from selftaught.cli.words.models import check_words, models_words, serving
    from selftaught.errors import UsageError

    if check is not None and serve is not None:
        raise UsageError("either --check or --serve", "both", "run them one after the other")
    if check is not None:
        from selftaught.app.modelling import checked

        report = checked(check, model_options(access))
        return Answer(report, lambda: check_words(report))
    if serve is not None:
        from selftaught.app.modelling import served

        served(serve, port, model_options(access), serving)
        return Answer({"served": serve}, lambda: [f"stopped serving {serve}"])
    from dataclasses import asdict

    from selftaught.models.registry import known

    found = [asdict(each) for each in known()]
    return Answer({"models": found}, lambda: models_words(found))
