"""Window of a plasticity rule: the change of a weight against the time between two spikes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes

from bnsim.errors import InputError
from bnsim.plotting.selection import checked_axes
from bnsim.plotting.style import FAINT, new_axes, style
from bnsim.plotting.units import shown_in, si_unit_of
from bnsim.times import Time, positive

if TYPE_CHECKING:
    from bnsim.plasticity import PlasticityRule

_LAGS = 100
"""Lags on either side of zero."""


def plasticity_window(
    rule: PlasticityRule,
    start: Any = None,
    *,
    longest: Time = 0.1,
    label: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw by how much one pair of spikes changes a weight, against the time from the first to the second.

    Parameters
    ----------
    rule : PlasticityRule
        A rule that depends on spikes alone, such as `bnsim.PairSTDP`.
    start : Quantity, optional
        Weight before the pair, or several, of which each has a line. If not given, as in `bnsim.weight_change`.
    longest : float or Quantity
        Longest time between the two spikes; lags are hundredths of it.
    label : str, optional
        Name of the line in a legend; of several lines, the weights are their names.
    ax : matplotlib.axes.Axes, optional
        Where to draw, a new figure if not given. Windows of several rules may share one.

    Returns
    -------
    matplotlib.axes.Axes
        The axes. The change is in percent of the weight before the pair.

    Raises
    ------
    InputError
        As in `bnsim.weight_change`, with which the pairs are simulated; and if a weight is not above zero.

    Notes
    -----
    Positive times are those of a presynaptic spike before a postsynaptic one. The line is broken before zero: of two
    spikes in the same step the presynaptic one comes first. One pair does not show what more spikes do together.
    """
    from brian2.units import second

    from bnsim.pairing import usual_weight, weight_change  # imports Brian2, without which the other pictures are drawn

    checked_axes("plasticity_window.ax", ax)
    step = positive("plasticity_window.longest", longest) / _LAGS
    lags = np.arange(-_LAGS, _LAGS + 1)
    before, after = (np.maximum(sign * lags, 0)[:, None] * step for sign in (-1, 1))
    weights = np.atleast_1d(usual_weight(rule) if start is None else start)
    given = np.repeat(weights, len(lags))
    if (np.asarray(given) <= 0).any():
        raise InputError("plasticity_window.start: changes are relative to it; give weights above zero")
    pre, post = (list(np.tile(times, (len(weights), 1))) for times in (before, after))
    # The traces of a rule are exact, however long the step.
    changes = weight_change(rule, pre, post, given, dt=step * second, backend="numpy")
    shares = np.asarray(changes / given).reshape(len(weights), len(lags)) * 100
    with style():
        ax = ax or new_axes(5.0, 3.4)
        ax.axhline(0, color=FAINT, linewidth=0.8, zorder=0)
        ax.axvline(0, color=FAINT, linewidth=0.8, zorder=0)
        ax.set_xlabel("Postsynaptic minus presynaptic spike (ms)")
        ax.set_ylabel("Change of the weight (%)")
        for weight, share in zip(weights, shares, strict=True):
            name = _in_units(weight) if len(weights) > 1 else label
            ax.plot(np.insert(lags * step * 1000, _LAGS, np.nan), np.insert(share, _LAGS, np.nan), label=name)
        if len(weights) > 1 or label:
            ax.legend()
    return ax


def _in_units(weight: Any) -> str:
    scale, unit = shown_in(si_unit_of(weight))
    return f"{float(np.asarray(weight)) * scale:.3g} {unit}".strip()
