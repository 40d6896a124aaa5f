"""What a model takes: sampling parameters and choices, learnt from the server's words."""

from __future__ import annotations

from selftaught.models.fault import Fault
from selftaught.models.wire import Setting
from selftaught.ports import Parameters


class Abilities:
    """Begins with what the provider's protocol allows; each refusal narrows it."""

    def __init__(
        self,
        choices: int,
        highest_temperature: float = 2.0,
        left_out: dict[str, str] | None = None,
        default_max_tokens: int | None = None,
    ) -> None:
        """Set what the protocol allows.

        Args:
            choices: the most choices of one request.
            highest_temperature: higher ones are lowered to it.
            left_out: parameters that the protocol has no word for, and why.
            default_max_tokens: sent where none is asked for, by protocols that demand one.
        """
        self.choices = choices
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
        if not self._left_out and self._most_tokens is None and not self._lowers(parameters):
            return ()
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
        return tuple(told)

    def _lowers(self, parameters: Parameters) -> bool:
        return (parameters.temperature or 0.0) > self._highest_temperature

    def learn(self, fault: Fault) -> None:
        """Take note of a refused parameter."""
        if fault.parameter == "n":
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
