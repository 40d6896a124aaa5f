"""Budgets: nested ledgers from which spending is reserved before it is done.

A ledger holds limits of named resources and may stand inside another. A reservation
takes from the ledger and from every one around it, or from none; settling gives back
what was not used. So no two spenders can both pass a check and overdraw together.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from selftaught.errors import LimitReached, UsageError
from selftaught.values.records import Charged

RESOURCES = (
    "model_calls",
    "responses",
    "tokens",
    "cost_usd",
    "utility_calls",
    "evaluations",
    "cpu_seconds",
    "seconds",
)
UNIT = 10**9
"""Amounts are kept as whole billionths: a sum of floats depends on their order, which
timing decides, and budgets are part of what equal runs have in common."""


@dataclass(frozen=True)
class Reservation:
    """Amounts that were taken from a ledger and have to be settled once."""

    amounts: Mapping[str, float]


class Budget:
    """A budget inside another; thread-safe, since one lock guards a whole nest."""

    def __init__(
        self,
        limits: Mapping[str, float | None] | None = None,
        parent: Budget | None = None,
        *,
        prepaid: bool = False,
    ) -> None:
        """Set limits; a resource that is missing or None is limited only by the parent.

        With ``prepaid`` the limited resources were already reserved from the parent: what
        is used of them is not charged there again.

        Raises:
            UsageError: an unknown resource, or a limit that is negative or no number.
        """
        self._limits: dict[str, float] = {}
        for resource, limit in (limits or {}).items():
            if resource not in RESOURCES:
                raise UsageError(f"a resource among {', '.join(RESOURCES)}", resource)
            if limit is None or limit == math.inf:
                continue
            if math.isnan(limit) or limit < 0:
                raise UsageError(f"a limit of {resource} that is 0 or more", str(limit))
            self._limits[resource] = float(limit)
        self._taken = dict.fromkeys(RESOURCES, 0)  # in `UNIT`s
        self._parent = parent
        self._prepaid = frozenset(self._limits) if prepaid else frozenset()
        self._lock: threading.RLock = parent._lock if parent else threading.RLock()

    def try_reserve(self, **amounts: float) -> Reservation | None:
        """Reserve all amounts here and in every ledger around; None where one is short."""
        with self._lock:
            if any(self.remaining(name) < amount for name, amount in amounts.items()):
                return None
            self._add(_units(amounts))
            return Reservation(dict(amounts))

    def reserve(self, **amounts: float) -> Reservation:
        """Reserve all amounts.

        Raises:
            LimitReached: a resource is short, here or in a ledger around; nothing was taken.
        """
        with self._lock:
            reservation = self.try_reserve(**amounts)
            if reservation is None:
                name = next(n for n, amount in amounts.items() if self.remaining(n) < amount)
                raise LimitReached(name, self._tightest(name))
            return reservation

    def settle(self, reservation: Reservation, **actual: float) -> None:
        """Replace the reserved amounts by what was really used; unnamed ones were not used.

        What was used may exceed what was reserved (tokens are known only afterwards): the
        ledger then has nothing left, and `check` raises.
        """
        names = set(reservation.amounts) | set(actual)
        with self._lock:
            used, held = _units(actual), _units(reservation.amounts)
            self._add({name: used.get(name, 0) - held.get(name, 0) for name in names})

    def spend(self, **amounts: float) -> None:
        """Record what was used without a reservation, such as CPU seconds."""
        with self._lock:
            self._add(_units(amounts))

    def remaining(self, resource: str) -> float:
        """Return what is left of a resource, never below 0; infinity where unlimited."""
        with self._lock:
            limit = self._limits.get(resource)
            taken = self._taken[resource]
            own = math.inf if limit is None else max(0, round(limit * UNIT) - taken) / UNIT
            if self._parent is None or resource in self._prepaid:
                return own
            return min(own, self._parent.remaining(resource))

    def taken(self, resource: str) -> float:
        """Return what was used or is reserved of a resource."""
        with self._lock:
            return self._taken[resource] / UNIT

    def charged(self) -> Charged:
        """Return what was used or is reserved here, as a fact for the log."""
        with self._lock:
            taken = {name: amount / UNIT for name, amount in self._taken.items()}
            return Charged(
                model_calls=round(taken["model_calls"]),
                responses=round(taken["responses"]),
                tokens=round(taken["tokens"]),
                cost_usd=taken["cost_usd"],
                utility_calls=round(taken["utility_calls"]),
                evaluations=round(taken["evaluations"]),
                seconds=taken["cpu_seconds"],
            )

    def charge(self, charged: Charged) -> None:
        """Record what work that need not be done again had used."""
        amounts = charged.model_dump()
        amounts["cpu_seconds"] = amounts.pop("seconds")
        self.spend(**amounts)

    def check(self, *resources: str) -> None:
        """Refuse to go on where one of ``resources`` is used up, here or further out.

        For what is known only afterwards: tokens, dollars and CPU seconds.

        Raises:
            LimitReached: it is used up or overdrawn.
        """
        with self._lock:
            for resource in resources:
                if self.remaining(resource) <= 0:
                    raise LimitReached(resource, self._tightest(resource))

    def limit(self, resource: str) -> float | None:
        """Return this ledger's own limit of a resource; None where it has none."""
        return self._limits.get(resource)

    def _tightest(self, resource: str) -> float:
        own = self._limits.get(resource, math.inf)
        return min(own, self._parent._tightest(resource)) if self._parent else own

    def _add(self, units: Mapping[str, int]) -> None:
        for name, amount in units.items():
            self._taken[name] += amount
        if self._parent:
            self._parent._add({n: a for n, a in units.items() if n not in self._prepaid})


def _units(amounts: Mapping[str, float]) -> dict[str, int]:
    return {name: round(amount * UNIT) for name, amount in amounts.items()}


class WallTime:
    """The wall time that a run may take over all of its sessions, from a command's beginning on.

    A part may be kept for a run's end: for the final comparison, or the scores on test.
    """

    def __init__(
        self,
        limit: float | None = None,
        used: float = 0.0,
        *,
        began: float | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start the clock.

        Args:
            limit: seconds in all; None: there is no limit.
            used: seconds that earlier sessions took.
            began: when this session began, by ``now``; None: it begins now.
            now: the clock.
        """
        self.limit = limit
        self.began = now() if began is None else began
        self._used = used
        self._now = now
        self._kept = 0.0

    @property
    def passed(self) -> float:
        """Seconds since this session began."""
        return self._now() - self.began

    @property
    def used(self) -> float:
        """Seconds of all sessions together."""
        return self._used + self.passed

    @property
    def left(self) -> float:
        """Seconds until the limit, below 0 once it is passed; infinity where there is none."""
        return math.inf if self.limit is None else self.limit - self.used

    @property
    def left_before_end(self) -> float:
        """Seconds until the part begins that is kept for the end."""
        return self.left - self._kept

    def keep(self, seconds: float) -> bool:
        """Keep so many seconds for the end; return whether they are left at all.

        Where they are not, nothing is kept: all of the time goes into the work itself.
        """
        fits = seconds < self.left
        self._kept = seconds if fits else 0.0
        return fits

    def spent(self) -> LimitReached:
        """Return what says that the limit is spent."""
        return LimitReached("seconds", self.limit or 0.0)
