"""Power spectrum of the rate of populations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from bnsim import measures
from bnsim.errors import InputError
from bnsim.measures.trains import Source, grid_trains
from bnsim.plotting.bands import chosen_populations
from bnsim.plotting.selection import checked_axes
from bnsim.plotting.style import INK, colour, new_axes, style
from bnsim.plotting.units import shown_time
from bnsim.recording import Recording
from bnsim.selection import refuse
from bnsim.times import Time


def power_spectrum(
    source: Source,
    populations: str | Sequence[str] | None = None,
    *,
    trial: int | None = None,
    bin_width: Time = 0.001,
    segment: Time | None = None,
    frequencies: tuple[float, float] | None = None,
    duration: Time | None = None,
    dt: Time | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the power spectral density of the mean rate of populations, and dotted that of independent Poisson units.

    Parameters
    ----------
    source : Recording or sequence of spike trains
        With spike times. Plain spike trains, one a unit, are those of one population.
    populations : str or sequence of str, optional
        Which of a recording's populations; all whose spike times were recorded if not given.
    trial : int, optional
        Which of a recording's trials, the first if not given.
    bin_width : float or Quantity
        Width of the bins in which spikes are counted: a whole number of time steps.
    segment : float or Quantity, optional
        Length of the segments of which the spectrum is the mean; an eighth of the trial if not given. Frequencies are
        1 / segment apart.
    frequencies : (float, float), optional
        Least and greatest frequency in hertz that are drawn; all if not given.
    duration : float or Quantity, optional
        Length of the trial, for plain spike times only, which must have it.
    dt : float or Quantity, optional
        Time step of the grid on which plain times lie, a nanosecond if not given.
    ax : matplotlib.axes.Axes, optional
        Where to draw, a new figure if not given.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, whose vertical one is logarithmic, in Hz^2 / Hz.

    Raises
    ------
    InputError
        As in `bnsim.measures.power_spectrum`, which says how the density is estimated; and if no frequency lies in the
        range.
    """
    checked_axes("power_spectrum.ax", ax)
    if isinstance(source, Recording):
        names: Sequence[str | None] = chosen_populations("power_spectrum", source, populations)
    else:
        refuse("power_spectrum", {"populations": populations}, "plain spike trains are of one population")
        names = [None]
    with style():
        ax = ax or new_axes(6.4, 3.2)
        for index, name in enumerate(names):
            found, density = measures.power_spectrum(
                source, name, trial=trial, bin_width=bin_width, segment=segment, duration=duration, dt=dt
            )
            drawn = _within(found, frequencies)
            ax.plot(found[drawn], density[drawn], color=colour(index), linewidth=1.4, label=name)
            level = _poisson_level(source, name, trial, duration, dt)
            if level > 0:
                ax.axhline(level, color=colour(index), linewidth=1.0, linestyle=":")
        ax.set_yscale("log")
        ax.set_xlabel("Frequency (Hz)")
        ax.set_ylabel("Power of the rate (Hz²/Hz)")
        note = f"segments of {shown_time(1 / found[0])}, dotted: independent Poisson units"
        ax.text(1, 1.02, note, transform=ax.transAxes, ha="right", va="bottom", fontsize=9, color=INK)
        if len(names) > 1:
            ax.legend()
    return ax


def _within(found: np.ndarray, frequencies: tuple[float, float] | None) -> np.ndarray:
    if frequencies is None:
        return np.ones(len(found), bool)
    low, high = frequencies
    drawn = (found >= low) & (found <= high)
    if not drawn.any():
        raise InputError(
            f"power_spectrum.frequencies: none from {low:g} to {high:g} Hz; the spectrum holds {found[0]:g} to "
            f"{found[-1]:g} Hz"
        )
    return drawn


def _poisson_level(
    source: Source, name: str | None, trial: int | None, duration: Time | None, dt: Time | None
) -> float:
    """Density (Hz^2/Hz) of as many independent Poisson processes of the same rate: 2 r / N."""
    found = grid_trains("power_spectrum", source, name, trial, None, duration, dt)
    n_units = len(found.steps)
    return 2 * sum(map(len, found.steps)) / found.duration / n_units**2 if n_units else 0.0
