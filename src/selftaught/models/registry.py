"""Models by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from selftaught.errors import UnknownNameError, UsageError
from selftaught.models.locality import OLLAMA_URL
from selftaught.models.name_suggestions import meant
from selftaught.models.options import ModelOptions
from selftaught.models.recording import RecordingModel
from selftaught.ports import LanguageModel

GROUP = "selftaught.models"
"""Entry points of this group are called with (name, options) and return a model."""

Opener = Callable[[str, str, ModelOptions], LanguageModel]


@dataclass(frozen=True)
class KnownModel:
    """A kind of model, for `selftaught models`.

    Attributes:
        pattern: how it is named, e.g. ``openai/NAME``.
        what: what it is.
        needs: what must be there; empty where nothing.
    """

    pattern: str
    what: str
    needs: str


def open_model(name: str, *, options: ModelOptions | None = None) -> LanguageModel:
    """Return the model of that name, recorded where the options say so; sends nothing yet.

    Args:
        name: one of the patterns that `known` lists.
        options: where it is and how to ask it.

    Raises:
        UnknownNameError: no such kind of model; the message offers the nearest names.
        UsageError: what comes after the kind is missing or can't be used, or an extra is
            not installed.
        ModelRefusedError: no key.
    """
    options = options or ModelOptions()
    check_kind(name)
    kind, rest = _split(name)
    if kind in _OPENERS:
        model = _OPENERS[kind](name, rest, options)
    else:
        model = _load(_plugins()[kind], name, options)
    return model if options.record is None else RecordingModel(model, options.record)


def known() -> list[KnownModel]:
    """Return every kind of model that can be opened here, built-in ones first."""
    others = [
        KnownModel(f"{kind}/NAME", f"from the entry point {plugin.value}", "")
        for kind, plugin in sorted(_plugins().items())
    ]
    return [*_BUILT_IN, *others]


_BUILT_IN = (
    KnownModel("offline", "built in: genetic improvement of programs, no neural network", ""),
    KnownModel(
        "openai/NAME",
        "OpenAI, or with --base-url any server that speaks its protocol",
        "OPENAI_API_KEY, or a server that needs none",
    ),
    KnownModel(
        "anthropic/NAME", "Anthropic", "ANTHROPIC_API_KEY; pip install 'selftaught[anthropic]'"
    ),
    KnownModel("google/NAME", "Google", "GEMINI_API_KEY; pip install 'selftaught[google]'"),
    KnownModel("ollama/NAME", "a model that Ollama serves on this machine", "ollama serve"),
    KnownModel("command:CMD", "a program that reads a prompt and prints an answer", "CMD"),
    KnownModel("replay:FILE", "the answers of a recording", "FILE, made with --record"),
    KnownModel(
        "mailbox:DIR",
        "a folder: requests appear as DIR/requests/ID.json, and whoever writes "
        """DIR/responses/ID.json as {"text": "..."} is the model""",
        "",
    ),
)


def check_kind(name: str) -> None:
    """Refuse a name of no kind of model, before anything is opened or asked.

    Raises:
        UnknownNameError: no such kind of model; the message offers the nearest names.
    """
    kind, _ = _split(name)
    if kind not in _OPENERS and kind not in _plugins():
        raise _unknown(name)


def _unknown(name: str) -> UnknownNameError:
    offered = [*_OPENERS, *_plugins()]
    patterns = [entry.pattern for entry in known()]
    return UnknownNameError("model", name, patterns, meant=meant(name, offered))


def _split(name: str) -> tuple[str, str]:
    """Return the kind and what follows its first ``/`` or ``:``."""
    ends = [place for place in (name.find("/"), name.find(":")) if place >= 0]
    return (name[: min(ends)], name[min(ends) + 1 :]) if ends else (name, "")


def _wanted(name: str, rest: str, what: str) -> str:
    if not rest.strip():
        raise UsageError(f"{what} after {name}", "nothing", "see `selftaught models`")
    return rest


def _offline(name: str, rest: str, options: ModelOptions) -> LanguageModel:
    from selftaught.models.offline import OfflineModel  # noqa: PLC0415 - only where it is used

    if rest:
        raise _unknown(name)
    return OfflineModel()


def _openai(name: str, rest: str, options: ModelOptions) -> LanguageModel:
    from selftaught.models.openai import open_openai  # noqa: PLC0415

    return open_openai(name, _wanted(name, rest, "a model's name"), options)


def _ollama(name: str, rest: str, options: ModelOptions) -> LanguageModel:
    from selftaught.models.openai import OLLAMA_KEY_VARIABLE, open_openai  # noqa: PLC0415
    from selftaught.models.price import costs_nothing  # noqa: PLC0415

    given = options.price_usd_per_million
    if given is None and costs_nothing(name, options):
        given = (0.0, 0.0)
    at = replace(options, base_url=options.base_url or OLLAMA_URL, price_usd_per_million=given)
    model = _wanted(name, rest, "a model's name")
    return open_openai(name, model, at, key_variable=OLLAMA_KEY_VARIABLE)


def _anthropic(name: str, rest: str, options: ModelOptions) -> LanguageModel:
    from selftaught.models.anthropic import open_anthropic  # noqa: PLC0415

    return open_anthropic(name, _wanted(name, rest, "a model's name"), options)


def _google(name: str, rest: str, options: ModelOptions) -> LanguageModel:
    from selftaught.models.google import open_google  # noqa: PLC0415

    return open_google(name, _wanted(name, rest, "a model's name"), options)


def _command(name: str, rest: str, options: ModelOptions) -> LanguageModel:
    from selftaught.models.command_model import CommandModel  # noqa: PLC0415

    return CommandModel(_wanted(name, rest, "a command"), options)


def _replay(name: str, rest: str, options: ModelOptions) -> LanguageModel:
    from selftaught.models.replay import ReplayModel  # noqa: PLC0415

    return ReplayModel(Path(_wanted(name, rest, "a recording")))


def _mailbox(name: str, rest: str, options: ModelOptions) -> LanguageModel:
    from selftaught.models.mailbox import MailboxModel  # noqa: PLC0415

    return MailboxModel(Path(_wanted(name, rest, "a folder")), options)


_OPENERS: dict[str, Opener] = {
    "offline": _offline,
    "openai": _openai,
    "anthropic": _anthropic,
    "google": _google,
    "ollama": _ollama,
    "command": _command,
    "replay": _replay,
    "mailbox": _mailbox,
}


def _plugins() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=GROUP) if entry.name not in _OPENERS}


def _load(plugin: EntryPoint, name: str, options: ModelOptions) -> LanguageModel:
    try:
        opener = plugin.load()
    except (ImportError, AttributeError) as error:
        raise UsageError(
            f"a model behind the entry point {plugin.value}",
            str(error),
            f"fix or uninstall the package that provides {plugin.name}",
        ) from error
    model = opener(name, options)
    if not isinstance(model, LanguageModel):
        raise UsageError(
            f"a language model from the entry point {plugin.value}", type(model).__name__
        )
    return model
