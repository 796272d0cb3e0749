"""Membrane potential of one unit, with its threshold and its spikes."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import blended_transform_factory
from numpy.typing import ArrayLike

from bnsim.errors import InputError
from bnsim.plotting.selection import checked_unit, chosen_trials
from bnsim.plotting.style import BLUE, VERMILLION, new_axes, style
from bnsim.recording import Recording

Source: TypeAlias = "Recording | tuple[ArrayLike, ArrayLike]"

_SCALES = {"V": (1e3, "mV"), "volt": (1e3, "mV"), "A": (1e12, "pA"), "S": (1e9, "nS")}
"""SI unit of a trace -> factor to, and name of, the unit in which physiologists read it."""


def membrane_potential(
    source: Source,
    population: str | None = None,
    unit: int = 0,
    *,
    trial: int = 0,
    variable: str = "v",
    threshold: object = None,
    spikes: ArrayLike | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a variable's trace in one trial, a dashed line at the threshold and a tick above it at each spike.

    source: a `Recording` that holds the trace of `variable` in `population`, or (times in seconds, volts).
    threshold: in the trace's SI unit (volts for a membrane potential), a plain number or a Brian2 quantity.
    spikes: times (s), for plain arrays; a recording gives its own where it holds them.

    Returns the axes. Errors: InputError for an unknown population, unit or trial, or a trace not recorded.
    """
    if isinstance(source, Recording):
        if population is None:
            held = ", ".join(map(repr, source.counts))
            raise InputError(f"membrane_potential.population: none was named; the recording holds {held}")
        trace = source.trace(population, variable)
        index = chosen_trials(source, trial)[0]
        values = trace.values[index, :, checked_unit(unit, trace.values.shape[2], population)]
        times, si_unit = np.arange(len(values)) * source.dt, trace.unit
        if spikes is None and population in source.spikes:
            of_trial, units = source.spikes[population].of_trial(index)
            spikes = of_trial[units == unit]
    else:
        times, values = (np.asarray(part, dtype=float) for part in source)
        si_unit = "V"
    scale, shown_unit = _SCALES.get(si_unit, (1.0, si_unit))
    with style():
        ax = ax or new_axes(6.4, 3.0)
        ax.plot(times * 1000, values * scale, color=BLUE, linewidth=1.3)
        if threshold is not None:
            _draw_threshold(ax, float(np.asarray(threshold)) * scale)
        if spikes is not None:
            _draw_spikes(ax, np.asarray(spikes, dtype=float) * 1000)
        ax.set_xlim(times[0] * 1000, times[-1] * 1000)
        ax.set_xlabel("Time (ms)")
        quantity = "Membrane potential" if variable == "v" else variable
        ax.set_ylabel(f"{quantity} ({shown_unit})" if shown_unit else quantity)
    return ax


def _draw_threshold(ax: Axes, level: float) -> None:
    ax.axhline(level, color=VERMILLION, linewidth=1.1, linestyle=(0, (5, 3)), zorder=1)
    place = blended_transform_factory(ax.transAxes, ax.transData)
    ax.annotate(
        "threshold",
        (1, level),
        (-2, 3),
        xycoords=place,
        textcoords="offset points",
        color=VERMILLION,
        ha="right",
        va="bottom",
        fontsize=9,
    )


def _draw_spikes(ax: Axes, times_ms: np.ndarray) -> None:
    place = blended_transform_factory(ax.transData, ax.transAxes)
    ax.margins(y=0.16)
    ax.vlines(times_ms, 0.945, 1.0, transform=place, color="black", linewidth=1.3, label="spikes")
