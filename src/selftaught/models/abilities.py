"""What a model takes: parameters, choices and the form of a request, learnt from the server."""

from __future__ import annotations

from dataclasses import replace

from selftaught.models.fault import Fault
from selftaught.models.provider_client import Manner, Setting
from selftaught.models.request_form import ROLE, STREAM, STREAM_OPTIONS
from selftaught.ports import Parameters

NO_SYSTEM = "expertise sent as the {role}'s words: the model takes no system message"
STREAM_ONLY = "asked for a stream: the server answers in no other way"
NO_STREAM = "asked for no stream: the server gives none"


class Abilities:
    """Begins with what the provider's protocol allows; each refusal narrows it."""

    def __init__(
        self,
        choices: int,
        highest_temperature: float = 2.0,
        left_out: dict[str, str] | None = None,
        default_max_tokens: int | None = None,
        manner: Manner | None = None,
    ) -> None:
        """Set what the protocol allows.

        Args:
            choices: the most choices of one request.
            highest_temperature: higher ones are lowered to it.
            left_out: parameters that the protocol has no word for, and why.
            default_max_tokens: sent where none is asked for.
            manner: the form of a request to begin with; None: the usual one.
        """
        self.choices = choices
        self.manner = manner or Manner()
        self._wished = self.manner
        self._highest_temperature = highest_temperature
        self._left_out: dict[str, str] = dict(left_out or {})
        self._default_max_tokens = default_max_tokens
        self._spelling: dict[str, str] = {}
        self._most_tokens: int | None = None

    def settings(self, parameters: Parameters, seed: int) -> dict[str, Setting]:
        """Return the parameters that the model takes, in our spelling."""
        wanted = {name: value for name, value in vars(parameters).items() if value is not None}
        wanted["seed"] = seed
        if self._default_max_tokens is not None:
            wanted.setdefault("max_tokens", self._default_max_tokens)
        kept = {name: value for name, value in wanted.items() if name not in self._left_out}
        if "temperature" in kept:
            kept["temperature"] = min(kept["temperature"], self._highest_temperature)
        if self._most_tokens is not None and "max_tokens" in kept:
            kept["max_tokens"] = min(kept["max_tokens"], self._most_tokens)
        return kept

    def spelled(self, settings: dict[str, Setting]) -> dict[str, Setting]:
        """Return the settings as this server spells them."""
        return {self._spelling.get(name, name): value for name, value in settings.items()}

    def notes(self, parameters: Parameters) -> tuple[str, ...]:
        """Return what was left out or changed of the parameters that were asked for.

        The seed is ours, not the improver's: leaving it out is noted only where the
        server itself refused it.
        """
        formed = self._formed()
        if not self._left_out and self._most_tokens is None and not self._lowers(parameters):
            return formed
        wanted = {name for name, value in vars(parameters).items() if value is not None}
        told = [
            f"{name} left out: {why}"
            for name, why in sorted(self._left_out.items())
            if name in wanted or (name == "seed" and why)
        ]
        if self._lowers(parameters) and "temperature" not in self._left_out:
            told.append(f"temperature lowered to {self._highest_temperature:g}")
        if self._most_tokens is not None and (parameters.max_tokens or 0) > self._most_tokens:
            told.append(f"max_tokens lowered to {self._most_tokens}")
        return (*told, *formed)

    def _formed(self) -> tuple[str, ...]:
        """Return how requests differ in form from what was wished for."""
        if self.manner == self._wished:
            return ()
        told = []
        if self.manner.role != self._wished.role:
            told.append(NO_SYSTEM.format(role=self.manner.role))
        if self.manner.stream != self._wished.stream:
            told.append(STREAM_ONLY if self.manner.stream else NO_STREAM)
        return tuple(told)

    def _lowers(self, parameters: Parameters) -> bool:
        return (parameters.temperature or 0.0) > self._highest_temperature

    def learn(self, fault: Fault) -> None:
        """Take note of what was refused: a parameter, or a request's form."""
        if fault.parameter == ROLE:
            self.manner = replace(self.manner, role=fault.instead)
        elif fault.parameter == STREAM:
            self.manner = replace(self.manner, stream=bool(fault.instead))
        elif fault.parameter == STREAM_OPTIONS:
            self.manner = replace(self.manner, usage=False)
        elif fault.parameter == "n":
            self.choices = 1
        elif fault.instead:
            self._spelling[fault.parameter] = fault.instead
        elif fault.limit is not None:
            self._most_tokens = fault.limit
        else:
            self._left_out[fault.parameter] = "the model does not take it"

    def counted(self, asked: int, given: int) -> None:
        """Take note of how many choices came: some servers ignore ``n``."""
        if 0 < given < asked:
            self.choices = min(self.choices, given)
