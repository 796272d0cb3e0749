"""What several ways to simulate a network cost, as lines for the terminal."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Cost:
    """One measurement.

    Parameters
    ----------
    name
        What was measured.
    seconds
        Its processor time in s.
    rates
        Firing rates in Hz, by group of neurons.
    notes
        Further numbers, by name with unit.
    limit
        Whether it belongs to the ways that others are held against.
    """

    name: str
    seconds: float
    rates: Mapping[str, float] = field(default_factory=dict)
    notes: Mapping[str, float] = field(default_factory=dict)
    limit: bool = False


def lines(costs: Iterable[Cost]) -> Iterator[str]:
    """Yield a line for each name: the median with the least and the largest, times the fastest limit, and the rest."""
    found: dict[str, list[Cost]] = {}
    for cost in costs:
        found.setdefault(cost.name, []).append(cost)
    medians = {name: statistics.median(cost.seconds for cost in each) for name, each in found.items()}
    least = min(medians[name] for name, each in found.items() if each[0].limit)
    for name, each in found.items():
        least_of, most_of = min(cost.seconds for cost in each), max(cost.seconds for cost in each)
        times = f"{medians[name] / least:.2f} times"
        yield f"{name:<28}{medians[name]:7.3f} s ({least_of:.3f} to {most_of:.3f}), {times}"
        if rates := each[-1].rates:
            yield "    Hz: " + ", ".join(f"{group} {rate:.2f}" for group, rate in rates.items())
        if notes := each[-1].notes:
            yield "    " + ", ".join(f"{note} {number:.10g}" for note, number in notes.items())
