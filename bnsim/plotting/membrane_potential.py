"""Membrane potential of one unit, with its threshold and its spikes."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import blended_transform_factory
from numpy.typing import ArrayLike

from bnsim.binning import NANOSECOND, steps_of
from bnsim.errors import InputError
from bnsim.plotting.selection import Window, checked_axes, plain_numbers, window_steps
from bnsim.plotting.style import VERMILLION, colour, new_axes, style
from bnsim.plotting.units import labelled, shown_in, si_unit_of, time_axis
from bnsim.recording import Recording
from bnsim.selection import checked_index, known_population, refuse
from bnsim.times import FloatArray, Times, shown, spike_times

if TYPE_CHECKING:
    from brian2.units.fundamentalunits import Quantity

Source: TypeAlias = "Recording | tuple[Times, ArrayLike | Quantity]"


_TRACE = "trace"
"""Mark of the lines that are traces, by which those in the same axes are counted."""


@dataclass(frozen=True)
class _Trace:
    """One unit's variable in one trial: times (s), values in `si_unit`, and spike times (s) where they are known."""

    times: FloatArray
    values: FloatArray
    si_unit: str
    spikes: FloatArray | None


def membrane_potential(
    source: Source,
    population: str | None = None,
    unit: int | None = None,
    *,
    trial: int | None = None,
    variable: str | None = None,
    threshold: float | Quantity | None = None,
    peak: float | Quantity | None = None,
    spikes: Times | None = None,
    window: Window | None = None,
    label: str | None = None,
    color: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the trace of a variable in one trial, a tick above it at each spike, and a dashed line at a given threshold.

    Parameters
    ----------
    source : Recording or (times, values)
        A recording that holds the trace, or two arrays of shape (n_samples,): times since the start of the trial, in
        seconds or with a Brian2 unit, and values, in volts or with a Brian2 unit. NaN leaves a gap in the line.
    population : str, optional
        Which of a recording's populations, the only one that holds the trace if not given.
    unit : int, optional
        Which unit of the population, the first that was recorded if not given.
    trial : int, optional
        Which of a recording's trials, the first if not given.
    variable : str, optional
        The variable that was recorded. If not given, ``"v"``, or the only variable of which a trace was recorded: a
        model may call its membrane variable otherwise.
    threshold : float or Quantity, optional
        In the SI unit of the trace, volts for a membrane potential, or with a Brian2 unit.
    peak : float or Quantity, optional
        Draw each spike as a line from the trace up to this potential, in place of the tick, for neurons whose model
        resets the potential without showing a spike. In the same unit.
    spikes : array_like or Quantity, shape (n_spikes,), optional
        Spike times in seconds or with a Brian2 unit. If not given, a recording's own, where it holds them.
    window : (float or Quantity, float or Quantity), optional
        Draw the time from start to stop only. Both are times since the start of the trial; of a recording, a whole
        number of time steps.
    label : str, optional
        Name of the trace in a legend, which is drawn where it is given.
    color : str, optional
        Of the trace, as matplotlib takes it. If not given, each trace in the same axes has the next one of the palette.
    ax : matplotlib.axes.Axes, optional
        Where to draw, a new figure if not given.

    Returns
    -------
    matplotlib.axes.Axes
        The axes. Potentials are shown in millivolts, currents in picoamperes, conductances in nanosiemens; time in
        milliseconds, of more than five seconds in seconds.

    Raises
    ------
    InputError
        If the population, unit or trial is unknown, the trace was not recorded, the arrays do not fit each other or
        hold no finite times in order, a quantity has a wrong unit, or the window holds no sample.
    """
    checked_axes("membrane_potential.ax", ax)
    if isinstance(source, Recording):
        trace, variable = _of_recording(source, population, unit, trial, variable)
        dt, n_steps = source.dt, source.first_step + source.n_steps  # type: float, int | None
    else:
        unknown = {"population": population, "unit": unit, "trial": trial}
        refuse("membrane_potential", unknown, "plain arrays are of one unit and one trial")
        trace = _of_arrays(source)
        dt, n_steps = NANOSECOND, None
    marks = trace.spikes if spikes is None else spike_times("membrane_potential.spikes", spikes)
    level = None if threshold is None else _level("threshold", threshold, trace.si_unit)
    top = None if peak is None else _level("peak", peak, trace.si_unit)
    drawn, marked, limits = _within(trace.times, marks, window, dt, n_steps)
    scale, shown_unit = shown_in(trace.si_unit)
    second, time_unit = time_axis(limits[1] - limits[0])
    with style():
        ax = ax or new_axes(6.4, 3.0)
        before = sum(line.get_gid() == _TRACE for line in ax.lines)
        shade = color or colour(before)
        ax.plot(
            trace.times[drawn] * second,
            trace.values[drawn] * scale,
            color=shade,
            linewidth=1.3,
            label=label,
            gid=_TRACE,
        )
        if level is not None:
            _draw_threshold(ax, level * scale)
        if marked is not None and top is None:
            _draw_spikes(ax, marked * second, "black" if not before and label is None else shade)
        elif marked is not None and top is not None:
            foot = np.interp(marked, trace.times, trace.values)
            ax.vlines(marked * second, foot * scale, top * scale, color=shade, linewidth=1.3)
        if limits[0] < limits[1]:
            ax.set_xlim(limits[0] * second, limits[1] * second)
        if label is not None:
            ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=4, borderaxespad=0.1)  # above the traces
        ax.set_xlabel(f"Time ({time_unit})")
        quantity = "Membrane potential" if variable in (None, "v") else variable  # None: plain arrays
        ax.set_ylabel(labelled(quantity, shown_unit))
    return ax


def _of_recording(
    recording: Recording, population: str | None, unit: int | None, trial: int | None, variable: str | None
) -> tuple[_Trace, str]:
    """The trace, and the variable of which it is."""
    holding = [name for name, traces in recording.traces.items() if (variable or "v") in traces]
    if variable is None and not holding:
        holding = [name for name, traces in recording.traces.items() if traces]
    name = known_population("membrane_potential.population", population, recording.populations, holding or None)
    variable = _usual(name, recording.traces.get(name, {})) if variable is None else variable
    found = recording.trace(name, variable)
    index = checked_index("membrane_potential.trial", 0 if trial is None else trial, recording.n_trials, "trial")
    cell = int(found.units[0]) if unit is None else unit
    values = found.of(checked_index("membrane_potential.unit", cell, recording.populations[name], "unit"))[index]
    spikes = None
    if name in recording.spikes and cell in recording.spikes[name].units:
        times, units = recording.spike_times(name).of_trial(index)
        spikes = times[units == cell]
    return _Trace(found.times, values, found.unit, spikes), variable


def _usual(population: str, recorded: Collection[str]) -> str:
    """The variable that is meant where none is named."""
    if "v" in recorded or not recorded:
        return "v"
    if len(recorded) > 1:
        those = ", ".join(map(repr, recorded))
        raise InputError(
            f"membrane_potential.variable: of {population!r}, traces of {those} were recorded; name one of them"
        )
    return next(iter(recorded))


def _of_arrays(source: object) -> _Trace:
    culprit = "membrane_potential.source"
    if not isinstance(source, (tuple, list)) or len(source) != 2:
        raise InputError(
            f"{culprit}: {shown(source)} is neither a Recording nor a pair (times, values); give one of them"
        )
    times, values = spike_times(culprit, source[0]), plain_numbers(culprit, source[1])
    if values.shape != times.shape or not len(times):
        raise InputError(
            f"{culprit}: {len(times)} times and values of shape {values.shape}; give one value for each time, "
            "and at least one"
        )
    if (np.diff(times) < 0).any():
        raise InputError(f"{culprit}: the times are not in order; sort times and values by time")
    return _Trace(times, values, si_unit_of(source[1]) or "V", None)


def _level(option: str, value: Any, si_unit: str) -> float:
    culprit = f"membrane_potential.{option}"
    unit = si_unit_of(value)
    if unit and unit != si_unit:
        raise InputError(f"{culprit}: given in {unit}; give a value in {si_unit or 'plain numbers'}, as the trace")
    level = plain_numbers(culprit, value)
    if level.ndim or not math.isfinite(level):
        raise InputError(f"{culprit}: {shown(value)} is no single finite value; give one")
    return float(level)


def _within(
    times: FloatArray, spikes: FloatArray | None, window: Window | None, dt: float, n_steps: int | None
) -> tuple[slice, FloatArray | None, tuple[float, float]]:
    """Which samples and spikes lie in the window, its last sample included, and the limits of the axis in seconds."""
    if window is None:
        return slice(None), spikes, (times[0], times[-1])
    first, length = window_steps("membrane_potential.window", window, dt, n_steps)
    steps = steps_of(times, dt)
    start, stop = np.searchsorted(steps, first), np.searchsorted(steps, first + length, side="right")
    if start == stop:
        raise InputError(
            f"membrane_potential.window: no sample from {first * dt:g} to {(first + length) * dt:g} s; give a wider one"
        )
    limits = (first * dt, (first + length) * dt)
    if spikes is None:
        return slice(start, stop), None, limits
    since = steps_of(spikes, dt) - first
    return slice(start, stop), spikes[(since >= 0) & (since <= length)], limits


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


def _draw_spikes(ax: Axes, times: FloatArray, shade: str) -> None:
    place = blended_transform_factory(ax.transData, ax.transAxes)
    ax.margins(y=0.16)
    ax.vlines(times, 0.945, 1.0, transform=place, color=shade, linewidth=1.3)
