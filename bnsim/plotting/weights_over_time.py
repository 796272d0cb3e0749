"""Distribution of weights against time, as a plastic projection changes them."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, PowerNorm

from bnsim.arrays import FloatArray
from bnsim.errors import InputError
from bnsim.plotting.selection import checked_axes, checked_bins
from bnsim.plotting.style import BLUE, VERMILLION, new_axes, style
from bnsim.plotting.units import labelled, shown_in, time_axis
from bnsim.recording import Recording, SampledTrace
from bnsim.times import shown

_WHITE_TO_BLUE = LinearSegmentedColormap.from_list("white_to_blue", ["#FFFFFF", BLUE, "#00263D"])


def weights_over_time(
    recording: Recording, projection: str | None = None, *, bins: int = 50, ax: Axes | None = None
) -> Axes:
    """Draw the histogram of a projection's weights at each sample as a column of colours, and their mean as a line.

    Parameters
    ----------
    recording : Recording
        Of a run with record=[bnsim.Weights(projection, every=...)].
    projection : str, optional
        Which of its projections, the only one if not given.
    bins : int
        Number of equal bins over the range of all weights.
    ax : matplotlib.axes.Axes, optional
        Where to draw, a new figure if not given.

    Returns
    -------
    matplotlib.axes.Axes
        The axes. Time is in milliseconds, of more than five seconds in seconds; over several trials it is the number of
        the trial.

    Raises
    ------
    InputError
        If the recording holds no such weights, or fewer than two samples of them.

    Notes
    -----
    Each column holds 100 % of the synapses and lasts until the next sample.
    """
    checked_axes("weights_over_time.ax", ax)
    checked_bins("weights_over_time.bins", bins)
    trace = _weights(recording, projection)
    scale, unit = shown_in(trace.unit)
    times, label = _times(recording, trace)
    values = trace.values.reshape(len(times), -1) * scale
    if len(times) < 2 or not values.size:
        raise InputError(
            f"weights_over_time: {len(times)} samples of {values.shape[1]} weights; record more, at shorter intervals"
        )
    edges = np.histogram_bin_edges(values, bins)
    shares = np.array([np.histogram(row, edges)[0] for row in values]) / values.shape[1] * 100
    columns = np.append(times, 2 * times[-1] - times[-2])
    with style():
        ax = ax or new_axes(6.4, 3.4)
        norm = PowerNorm(0.5, vmin=0, vmax=shares.max())  # weights may begin in one bin, and spread over all
        image = ax.pcolormesh(columns, edges, shares.T, cmap=_WHITE_TO_BLUE, norm=norm, rasterized=True)
        ax.plot(times, values.mean(axis=1), color=VERMILLION, linewidth=1.4, label="mean")
        ax.set_xlim(columns[0], columns[-1])
        ax.set_xlabel(label)
        ax.set_ylabel(labelled("Weight", unit))
        ax.legend(loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0.1)  # above the weights, not on them
        bar = ax.figure.colorbar(image, ax=ax, label="Synapses (%)", pad=0.02)
        bar.outline.set_visible(False)
    return ax


def _weights(recording: object, projection: str | None) -> SampledTrace:
    if not isinstance(recording, Recording):
        raise InputError(f"weights_over_time.recording: {shown(recording)} is no Recording; give one")
    held = list(recording.weights)
    if not held:
        raise InputError(
            "weights_over_time: no weights were recorded; run again with record=[bnsim.Weights(projection, every=...)]"
        )
    name = held[0] if projection is None and len(held) == 1 else projection
    if name not in held:
        what = "no projection was named" if name is None else f"no weights of {shown(name)}"
        raise InputError(
            f"weights_over_time.projection: {what}; the recording holds those of {', '.join(map(repr, held))}"
        )
    return recording.weights[name]


def _times(recording: Recording, trace: SampledTrace) -> tuple[FloatArray, str]:
    """When each sample was taken, and what time is counted in."""
    if recording.n_trials == 1:
        scale, unit = time_axis(recording.duration)
        return trace.times * scale, f"Time ({unit})"
    trials = np.arange(recording.n_trials)[:, None] + trace.times / recording.duration
    return trials.ravel(), "Trial"
