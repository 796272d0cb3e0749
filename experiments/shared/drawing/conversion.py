"""The accuracy of a converted network by time step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator, ScalarFormatter

from bnsim.plotting.style import BLUE, FAINT, INK, ORANGE, style

if TYPE_CHECKING:
    from experiments.conversion.result import Conversion


def accuracy_by_step(conversion: Conversion) -> Figure:
    """Draw accuracy, and what is lost against the source, over the time steps of a sample.

    Parameters
    ----------
    conversion
        The conversion.

    Returns
    -------
    Figure
        With two panels, whose horizontal axis is logarithmic.
    """
    from experiments.conversion.result import CLOSE

    steps = np.arange(1, len(conversion.accuracy) + 1)
    lost = 100 * (conversion.source_accuracy - conversion.accuracy)
    with style():
        figure = Figure(figsize=(7.2, 5.2))
        above, below = figure.subplots(2, sharex=True, height_ratios=(3, 2))
        above.axhline(100 * conversion.source_accuracy, color=ORANGE, ls="--", label="source (Keras)")
        above.plot(steps, 100 * conversion.accuracy, color=BLUE, label="spiking")
        above.set(ylabel="Test accuracy (%)", ylim=(0, 102))
        above.set_title(f"{conversion.task}, {conversion.n_test:,} test samples")
        above.legend(loc="lower right")
        below.axhspan(-CLOSE, CLOSE, color=FAINT, alpha=0.35, lw=0)
        below.axhline(0, color=ORANGE, ls="--")
        below.plot(steps, lost, color=BLUE)
        near = max(2.0, 1.3 * abs(float(lost[-1])))
        below.set(ylabel="Lost (points)", xlabel="Time steps (1 ms each)", ylim=(-near / 2, near))
        below.set_xscale("log")
        below.set_xlim(1, steps[-1])
        below.set_xticks([step for step, _, _ in conversion.rows()], minor=False)
        below.xaxis.set_major_formatter(ScalarFormatter())
        below.xaxis.set_minor_locator(NullLocator())
        step = conversion.steps_until(CLOSE)
        if step is not None:
            below.axvline(step, color=INK, lw=0.8)
        below.set_title(
            f"At most {CLOSE} points lost from step {step} on"
            if step is not None
            else f"More than {CLOSE} points lost after {steps[-1]} steps"
        )
    return figure
