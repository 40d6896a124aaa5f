"""Every command and every option is documented, in its help and in docs/commands.md."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Annotated, get_args, get_origin

import pytest

from selftaught.cli.command import CONFIGURABLE, command, option_types
from selftaught.cli.commands import COMMANDS
from selftaught.cli.parameters import leaves

ROOT = Path(__file__).parents[2]
COMMANDS_PAGE = (ROOT / "docs/commands.md").read_text("utf-8")
FUNCTIONS = {
    function.__name__.rstrip("_"): function for panel in COMMANDS.values() for function in panel
}
OFFERED = [
    (name, parameter)
    for name, function in FUNCTIONS.items()
    for parameter in inspect.signature(command(function)).parameters.values()
]

OFFERED_IMPROVERS = [each for each in OFFERED if each[1].name == "improver"]


def section(heading: str) -> str:
    """The text below a heading of the page, up to the next one of its rank."""
    found = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", COMMANDS_PAGE, re.M | re.S)
    assert found, f"docs/commands.md has no section {heading!r}"
    return found[1]


def flags(parameter: inspect.Parameter) -> list[str]:
    """The flags of an option; none for an argument."""
    assert get_origin(parameter.annotation) is Annotated
    info = get_args(parameter.annotation)[1]
    if type(info).__name__ == "ArgumentInfo":
        return []
    declared = [info.default] if isinstance(info.default, str) else []
    declared += info.param_decls or []
    names = [flag for text in declared for flag in text.split("/")]
    return names or ["--" + parameter.name.replace("_", "-")]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_command_is_documented_with_an_example(name: str) -> None:
    assert section(name).strip()
    text = inspect.getdoc(FUNCTIONS[name]) or ""
    assert f"Example: selftaught {name}" in text


@pytest.mark.parametrize(("name", "parameter"), OFFERED, ids=lambda value: str(value)[:30])
def test_an_option_is_documented_where_it_is_taken(name: str, parameter: inspect.Parameter) -> None:
    info = get_args(parameter.annotation)[1]
    assert info.help, f"--help of {name} says nothing about {parameter.name}"
    shared = {field.name for group in CONFIGURABLE for field, _ in leaves(group)}
    page = section("Shared options") if parameter.name in shared else section(name)
    for flag in flags(parameter):
        page_has = flag == "--json" or re.search(rf"`{re.escape(flag)}\b", page)
        assert page_has, f"docs/commands.md does not mention {flag} of {name}"


def test_the_page_documents_no_option_that_does_not_exist() -> None:
    known = {flag for _, parameter in OFFERED for flag in flags(parameter)}
    known |= {"--version", "--debug", "--help", "--max-"}
    assert set(re.findall(r"--[a-z][a-z-]*", COMMANDS_PAGE)) - known == set()


def test_every_option_has_one_name_in_all_commands() -> None:
    assert len(option_types()) == sum(1 for group in CONFIGURABLE for _ in leaves(group))


def test_the_help_of_improver_names_the_defaults_that_are_taken() -> None:
    from selftaught.experiments.improve import IMPROVE
    from selftaught.experiments.run import RUN
    from selftaught.patching.planning import IMPROVER

    shown = get_args(dict(OFFERED_IMPROVERS)["run"].annotation)[1].help
    assert f"{RUN.improver} for run" in shown
    assert f"{IMPROVE.improver} for a task" in shown
    assert f"{IMPROVER} for a function of a repository" in shown


def test_help_is_quick_because_nothing_slow_is_imported() -> None:
    code = (
        "import sys; from selftaught.cli.main import main; main(['improve', '--help']);"
        "slow = {'numpy', 'pydantic_settings', 'openai', 'genai_prices', 'asyncio'};"
        "slow &= set(sys.modules); sys.exit(str(slow) if slow else 0)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
    assert "--max-cost-usd" in found.stdout
