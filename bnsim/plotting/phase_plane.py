"""Phase plane of a neuron model with two variables: nullclines, vector field, threshold, reset, and a cell's path."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from bnsim.arrays import Float64Array
from bnsim.errors import InputError
from bnsim.plotting.selection import checked_axes, plain_numbers
from bnsim.plotting.style import BLUE, FAINT, GREEN, INK, ORANGE, VERMILLION, new_axes, style
from bnsim.plotting.units import labelled, shown_in, si_unit_of
from bnsim.recording import Recording
from bnsim.selection import refuse
from bnsim.times import shown

if TYPE_CHECKING:
    from brian2.units.fundamentalunits import Quantity

    from bnsim.neurons import NeuronModel
    from bnsim.plotting.plane import Pair, Plane

_FINE, _ARROWS = 401, 19
"""Points of an axis at which rates are evaluated for nullclines, and arrows along it."""


def phase_plane(
    model: NeuronModel,
    constant_input: Quantity | None = None,
    *,
    recording: Recording | None = None,
    population: str | None = None,
    unit: int | None = None,
    trial: int | None = None,
    x: tuple[Quantity, Quantity] | None = None,
    y: tuple[Quantity, Quantity] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the phase plane of a neuron model with two variables, and on it the path of a recorded cell.

    Parameters
    ----------
    model : NeuronModel
        A model with two differential equations, such as `bnsim.AdaptiveExponentialLIF` or `bnsim.Izhikevich`.
    constant_input : Quantity, optional
        The input I, in the unit of the model's input; none if not given.
    recording : Recording, optional
        A run that recorded the spikes and, at every time step, both variables.
    population : str, optional
        Which of the recording's populations, the only one if not given.
    unit, trial : int, optional
        Which unit and trial of the recording, the first of each if not given.
    x, y : (Quantity, Quantity), optional
        Limits of the membrane potential and of the other variable. If not given, they hold the start, the reset, the
        threshold, both nullclines near them, and the path.
    ax : matplotlib.axes.Axes, optional
        Where to draw, a new figure if not given.

    Returns
    -------
    matplotlib.axes.Axes
        The axes: the membrane potential across, the other variable up.

    Raises
    ------
    InputError
        If the model has other than two variables, parameters that differ from cell to cell or equations that cannot be
        evaluated, the input or a limit has another unit, or the recording lacks what is needed.

    Notes
    -----
    On its nullcline a variable stands still; where the two cross, both do. Arrows show the direction of the change, all
    of one length. The threshold is where the condition of a spike begins to hold, the reset where a spike takes
    cells on the threshold. Dotted lines join the last sample before a spike to the first one after it. Refractoriness
    is left out.
    """
    from bnsim.plotting.plane import Plane, path_of  # imports Brian2, without which the other pictures can be drawn

    checked_axes("phase_plane.ax", ax)
    plane = Plane.of(model, constant_input)
    if recording is None:
        refuse("phase_plane", {"population": population, "unit": unit, "trial": trial}, "there is no recording")
        path: list[Pair] = []
    else:
        path = path_of(recording, population, unit, trial, plane.names)
    across = _across(plane, path) if x is None else _limits("x", x, plane.units[0])
    up = _up(plane, across, path) if y is None else _limits("y", y, plane.units[1])
    with style():
        ax = ax or new_axes(5.6, 4.4)
        scales = [shown_in(unit)[0] for unit in plane.units]
        ax.set_xlim(*(scales[0] * limit for limit in across))
        ax.set_ylim(*(scales[1] * limit for limit in up))
        ax.set_xlabel(labelled("Membrane potential", shown_in(plane.units[0])[1]))
        ax.set_ylabel(labelled(_title(plane.names[1]), shown_in(plane.units[1])[1]))
        _draw_field(ax, plane, across, up)
        handles = _draw_lines(ax, plane, across, up) + _draw_path(ax, path, scales)
        ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, borderpad=0)
    return ax


def _title(name: str) -> str:
    """A variable as the label of an axis: a letter keeps its case."""
    return name if len(name) == 1 else name.capitalize()


def _limits(option: str, limits: Any, unit: str) -> tuple[float, float]:
    culprit = f"phase_plane.{option}"
    if not (isinstance(limits, (tuple, list)) or np.ndim(limits)) or len(limits) != 2:
        raise InputError(f"{culprit}: {shown(limits)} is no pair of limits; give (least, greatest)")
    for limit in limits:
        if si_unit_of(limit) != unit:
            raise InputError(f"{culprit}: {shown(limit)} is not in {unit or 'plain numbers'}; give limits in that unit")
    low, high = (float(plain_numbers(culprit, limit)) for limit in limits)
    if not np.isfinite([low, high]).all() or low >= high:
        raise InputError(f"{culprit}: {low:g} is not below {high:g}; give (least, greatest)")
    return low, high


def _across(plane: Plane, path: list[Pair]) -> tuple[float, float]:
    extent = plane.extent()
    held = [extent] if extent else []
    held += [(float(first.min()), float(first.max())) for first, _ in path]
    if not held:
        raise InputError(f"phase_plane.x: {type(plane.model).__name__} has no threshold to go by; give limits")
    return _widened(min(low for low, _ in held), max(high for _, high in held), "x")


def _up(plane: Plane, across: tuple[float, float], path: list[Pair]) -> tuple[float, float]:
    """Both nullclines from their lowest point, the other variable's up to its end, and as much again above it."""
    potentials = np.linspace(*across, _FINE)
    own, other = (values[np.isfinite(values)] for values in plane.nullclines(potentials))
    held = [float(end) for _, second in path for end in (second.min(), second.max())]
    if len(other):
        low = min(float(other.min()), float(own.min()) if len(own) else np.inf)
        held += [low, 2 * float(other.max()) - low]
    if not held:
        raise InputError("phase_plane.y: no nullcline to go by; give limits")
    if len(own):  # its bend is seen
        held.append(float(own.min()) + 0.3 * (max(held) - min(held)))
    return _widened(min(held), max(held), "y")


def _widened(low: float, high: float, option: str) -> tuple[float, float]:
    if not low < high:
        raise InputError(f"phase_plane.{option}: everything lies at {low + 0.0:g}; give limits")
    return low - 0.08 * (high - low), high + 0.08 * (high - low)


def _draw_field(ax: Axes, plane: Plane, across: tuple[float, float], up: tuple[float, float]) -> None:
    """Arrows whose angle is that of the change as it is drawn."""
    box = ax.get_window_extent()
    rows = max(2, round(_ARROWS * box.height / box.width))
    x, y = np.meshgrid(_inner(across, _ARROWS), _inner(up, rows))
    first, second = plane.rates(x, y)
    along, above = first / (across[1] - across[0]) * box.width, second / (up[1] - up[0]) * box.height
    with np.errstate(invalid="ignore"):
        length = np.hypot(along, above)
        along, above = (np.where(length > 0, part / length, 0.0) for part in (along, above))
    scales = [shown_in(unit)[0] for unit in plane.units]
    ax.quiver(
        x * scales[0],
        y * scales[1],
        along,
        above,
        color=FAINT,
        pivot="mid",
        scale=_ARROWS * 1.5,
        width=0.0022,
        headwidth=4,
        zorder=0,
    )


def _inner(limits: tuple[float, float], number: int) -> Float64Array:
    """Middles of as many equal parts."""
    return limits[0] + (np.arange(number) + 0.5) / number * (limits[1] - limits[0])


def _draw_lines(ax: Axes, plane: Plane, across: tuple[float, float], up: tuple[float, float]) -> list[Line2D]:
    """Nullclines and threshold, on which a function of both variables is zero, and the reset of the threshold."""
    x, y = np.meshgrid(np.linspace(*across, _FINE), np.linspace(*up, _FINE))
    scales = [shown_in(unit)[0] for unit in plane.units]
    handles = []
    for values, name, color in zip(plane.rates(x, y), plane.names, (BLUE, ORANGE), strict=True):
        ax.contour(x * scales[0], y * scales[1], values, levels=[0.0], colors=[color], linewidths=1.8)
        handles.append(Line2D([], [], color=color, linewidth=1.8, label=f"nullcline of {name}"))
    if not plane.model.threshold:
        return handles
    height = up[1] - up[0]  # a threshold out of sight may have its reset in sight
    x, y = np.meshgrid(np.linspace(*across, _FINE), np.linspace(up[0] - height, up[1] + height, _FINE))
    beyond = plane.beyond(x, y)
    found = ax.contour(x * scales[0], y * scales[1], beyond, levels=[0.0], colors=[VERMILLION], linestyles="--")
    handles.append(Line2D([], [], color=VERMILLION, linestyle="--", linewidth=1.4, label="threshold"))
    for piece in found.allsegs[0]:
        after = plane.reset(piece[:, 0] / scales[0], piece[:, 1] / scales[1])
        ax.plot(after[0] * scales[0], after[1] * scales[1], color=GREEN, linestyle="-.", linewidth=1.4)
    handles.append(Line2D([], [], color=GREEN, linestyle="-.", linewidth=1.4, label="reset"))
    return handles


def _draw_path(ax: Axes, path: list[Pair], scales: list[float]) -> list[Line2D]:
    for x, y in path:
        ax.plot(x * scales[0], y * scales[1], color=INK, linewidth=1.3)
    for (x, y), (next_x, next_y) in pairwise(path):
        ends = [x[-1] * scales[0], next_x[0] * scales[0]], [y[-1] * scales[1], next_y[0] * scales[1]]
        ax.plot(*ends, color=INK, linewidth=0.8, linestyle=":")
    return [Line2D([], [], color=INK, linewidth=1.3, label="path")] if path else []
