"""Repeat pairs of spikes at several frequencies, one synapse for each rule and condition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from brian2.units import ms

import bnsim
from experiments.classics.pairing_frequency import CLASSIC, DATA, FREQUENCIES, LAGS, STANDARD_ERRORS, Config
from experiments.classics.pairing_frequency.closed_solution import INITIAL, change, fit_error, pair_rule, triplet_rule
from experiments.spec import Measurement, Outcome, Progress, Untrained

_CURVE = (0.1, *range(1, 51))

Changes = dict[tuple[str, int, float], float]
"""Relative changes by rule, lag in ms and frequency in Hz."""


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Simulate all conditions with each time step.

    Parameters
    ----------
    config
        Options of the experiment.
    subject
        The synapses, with a seed that changes nothing.
    progress
        Receives the units of work that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.
    """
    rules = {"triplet": triplet_rule(), "pair": pair_rule(pairings=config.pairings)}
    measured: list[Measurement] = [
        CLASSIC["closed"](
            change(rule, lag, frequency, config.pairings), **_facts(name, lag, frequency, config.pairings)
        )
        for name, rule in rules.items()
        for lag in LAGS
        for frequency in _CURVE
    ]
    found: dict[float, Changes] = {}
    total = sum(1 / dt for dt in config.steps)
    for number, dt in enumerate(config.steps):
        found[dt] = paired(rules, config.frequencies, config.pairings, dt)
        error = max(
            abs(value - change(rules[name], lag, frequency, config.pairings))
            for (name, lag, frequency), value in found[dt].items()
        )
        measured.append(CLASSIC["error"](error, dt=dt))
        progress(round(1000 * sum(1 / step for step in config.steps[: number + 1]) / total), 1000)
    for name in rules:
        measured += _held_against_data(name, found[min(config.steps)], config)
    return Outcome(1, 0, tuple(measured))


def paired(
    rules: Mapping[str, bnsim.PlasticityRule], frequencies: tuple[float, ...], pairings: int, dt: float
) -> Changes:
    """Simulate all lags and frequencies at once.

    Parameters
    ----------
    rules
        Rules by name, for weights about `INITIAL`.
    frequencies
        Pairs a second.
    pairings
        Number of pairs.
    dt
        Time step in ms.

    Returns
    -------
    Changes
        Relative changes of the weights.
    """
    conditions = [(lag, frequency) for lag in LAGS for frequency in frequencies]
    starts = [np.arange(pairings) / frequency for _, frequency in conditions]
    before, after = (
        [start + max(sign * lag, 0) / 1e3 for start, (lag, _) in zip(starts, conditions, strict=True)]
        for sign in (-1, 1)
    )
    relative = {
        name: bnsim.weight_change(rule, before, after, INITIAL, dt=dt * ms) / INITIAL for name, rule in rules.items()
    }
    return {
        (name, *condition): float(value)
        for name, values in relative.items()
        for condition, value in zip(conditions, values, strict=True)
    }


def _held_against_data(rule: str, changes: Changes, config: Config) -> Iterator[Measurement]:
    """Yield the changes of one rule, and what distinguishes them from the data."""
    for lag in LAGS:
        for frequency in config.frequencies:
            facts = _facts(rule, lag, frequency, config.pairings)
            value = changes[rule, lag, frequency]
            yield CLASSIC["change"](value, **facts)
            if frequency in FREQUENCIES:
                place = FREQUENCIES.index(frequency)
                yield CLASSIC["deviation"]((value - DATA[lag][place]) / STANDARD_ERRORS[lag][place], **facts)
    if set(FREQUENCIES) <= set(config.frequencies):
        of_data = np.array([changes[rule, lag, frequency] for lag in LAGS for frequency in FREQUENCIES])
        rise = changes[rule, LAGS[0], FREQUENCIES[-1]] - changes[rule, LAGS[0], FREQUENCIES[0]]
        yield CLASSIC["fit_error"](fit_error(of_data), rule=rule, pairings=config.pairings)
        yield CLASSIC["rise"](rise, rule=rule, pairings=config.pairings)


def _facts(rule: str, lag: int, frequency: float, pairings: int) -> dict[str, Any]:
    return {"rule": rule, "lag": lag, "frequency": frequency, "pairings": pairings}
