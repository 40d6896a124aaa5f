"""The command ``selftaught``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from selftaught import __version__
from selftaught.cli.command import command
from selftaught.cli.commands import COMMANDS
from selftaught.cli.edge import carry_out
from selftaught.cli.several import one_each


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status of a command line; None: the process's own."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a model's text may hold what can't be encoded
            stream.reconfigure(errors="backslashreplace")
    given = sys.argv[1:] if arguments is None else arguments
    return carry_out(application(), one_each(given))


def application() -> typer.Typer:
    """Return the application with all its commands."""
    app = typer.Typer(
        name="selftaught",
        help="Improve programs with a language model, and improve the program that improves them.",
        epilog="Start with: selftaught new my_task && selftaught improve ./my_task",
        context_settings={"help_option_names": ["-h", "--help"]},
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )
    app.callback(invoke_without_command=True)(_start)
    for panel, functions in COMMANDS.items():
        for function in functions:
            name = function.__name__.rstrip("_")
            app.command(name, rich_help_panel=panel)(command(function))
    return app


def _start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an unexpected error.")
    ] = False,
) -> None:
    if debug:
        os.environ["SELFTAUGHT_DEBUG"] = "1"
    if version:
        print(f"selftaught {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())
