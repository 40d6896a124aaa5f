"""Configuration: flags over environment (``SELFTAUGHT_*``) over ``selftaught.toml``."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from selftaught.errors import UsageError
from selftaught.values.decoding import text_of

if TYPE_CHECKING:
    from pydantic_settings import BaseSettings

FILE = Path("selftaught.toml")
PREFIX = "SELFTAUGHT_"
OTHER_TABLES = {"improve"}
"""Tables of the file that hold no options: goals by name (`repository.settings`)."""
OTHER_VARIABLES = {"SELFTAUGHT_DEBUG"}
"""Environment variables that are no option's."""


def configured(flags: Mapping[str, Any], types: Mapping[str, Any]) -> dict[str, Any]:
    """Return every option's value: the flag's, else the environment's, else the file's.

    Args:
        flags: values by option name; None where the flag was not given.
        types: the type of every option that can be configured, by name.

    Returns:
        values by option name, None where nobody set it.

    Raises:
        UsageError: the file can't be read, names an unknown option, or a value is wrong.
    """
    names = set(types)
    _check_environment(names)
    if not FILE.exists() and not any(name.upper().startswith(PREFIX) for name in os.environ):
        return dict(flags)  # nothing to read, so that nothing slow is imported
    _check_file(names)
    given = {name: value for name, value in flags.items() if value is not None}
    return dict(flags) | _read(given, types)


def _read(given: Mapping[str, Any], types: Mapping[str, Any]) -> dict[str, Any]:
    from pydantic import ValidationError

    try:
        return _settings(types)(**given).model_dump()
    except ValidationError as error:
        faults = [
            f"{_place(str(fault['loc'][0]))}: {fault['msg']}; found {fault['input']!r}"
            for fault in error.errors()
        ]
        raise UsageError(
            "settings with valid values",
            "".join(f"\n  - {fault}" for fault in faults),
            "correct them in place, or pass the option's flag",
        ) from error


def _place(name: str) -> str:
    """Return where a value stands that is wrong."""
    variable = PREFIX + name.upper()
    return f"{variable} in the environment" if variable in os.environ else f"{name} in {FILE}"


def _check_file(names: set[str]) -> None:
    if not FILE.exists():
        return
    try:
        table = tomllib.loads(text_of(FILE.read_bytes()))
    except (OSError, ValueError) as error:
        raise UsageError(f"a readable TOML file {FILE}", str(error), "correct it") from error
    unknown = [name for name in table if name not in names | OTHER_TABLES]
    _refuse_unknown(unknown, names, str(FILE))


def _check_environment(names: set[str]) -> None:
    known = {PREFIX + name.upper() for name in names} | OTHER_VARIABLES
    unknown = [name for name in os.environ if name.startswith(PREFIX) and name not in known]
    _refuse_unknown(unknown, known, "the environment")


def _refuse_unknown(unknown: list[str], known: set[str], place: str) -> None:
    if not unknown:
        return
    parts = []
    for name in sorted(unknown):
        near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.5)
        parts.append(f"{name!r}" + (f" (did you mean {near[0]}?)" if near else ""))
    raise UsageError(
        f"known options in {place}", ", ".join(parts), "`selftaught run --help` lists the options"
    )


def _settings(types: Mapping[str, Any]) -> type[BaseSettings]:
    """Return the settings model with a field for each option."""
    from pydantic import create_model
    from pydantic_settings import (
        BaseSettings,
        PydanticBaseSettingsSource,
        SettingsConfigDict,
        TomlConfigSettingsSource,
    )

    class Layers(BaseSettings):
        model_config = SettingsConfigDict(
            env_prefix=PREFIX, toml_file=FILE, extra="ignore", env_ignore_empty=True
        )

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    fields: dict[str, Any] = {name: (kind | None, None) for name, kind in types.items()}
    return create_model("Configuration", __base__=Layers, **fields)
