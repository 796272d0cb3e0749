"""When does the membrane of the squid's giant axon fire, how soon again, and at which rates?

The membrane is that of 1952, at 6.3 degrees Celsius, in today's convention: depolarisation is positive, and the
membrane rests at -65 mV. A spike is an upward crossing of 0 mV.

A sudden displacement of the potential shows the threshold. Two pulses of 1 ms show refractoriness: the first, of 20
uA/cm^2, makes the membrane fire, and the weakest second one that does so again is found by bisection for each interval
between their onsets. The interval is absolutely refractory where a second pulse of ten times the threshold at rest does
not suffice, which is this project's criterion.

Steady currents show that the rate jumps from 0 to some 50 Hz (class II): a current that is switched on makes the
membrane fire for good where a limit cycle exists beside the resting state. A current that is raised slowly, within 300
ms, leaves the membrane at rest until the resting state becomes unstable, in a Hopf bifurcation; there the small
oscillation that the end of the rise sets off neither decays nor grows. Above some 60 uA/cm^2, beyond what is shown, the
oscillation no longer reaches 0 mV. Nothing is random: all seeds agree.

The error of the interspike interval at 10 uA/cm^2 is measured for three integration methods, against a solution of high
precision; `rk4` diverges at time steps above 0.05 ms.

References
----------
A. Hodgkin and A. Huxley, Journal of Physiology 117, 500-544 (1952); figure 12 for the displacements. A. Balti, V. Lanza
and M. Aziz-Alaoui, Mathematical Biosciences and Engineering 15, 807-825 (2018), for the first limit cycle.
"""

from __future__ import annotations

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from experiments.spec import Metric, Options
from experiments.yardsticks import Classic, Yardstick

REST = -65.0
"""Potential from which membranes start (mV): that of rest."""
STEADY, PERIOD = 10.0, 14.63621
"""Steady current (uA/cm^2), and the interspike interval (ms) that a solution of high precision has there."""
METHODS = {"exponential_midpoint": 1.0, "exponential_euler": 1.0, "rk4": 0.05}
"""Integration methods that are compared, and the largest time step (ms) of each."""
SWITCHED, RAISED = "switched on", "raised slowly"
"""How a steady current is reached: values of the fact `approach`."""


class Config(Options):
    """Options of the experiment.

    Parameters
    ----------
    steps
        Time steps in ms, of which 0.1 ms is a whole number. All but the errors is measured with the first.
    currents
        Steady currents, in uA/cm^2.
    duration
        How long a steady current lasts, in ms.
    intervals
        Intervals between the onsets of two pulses, in ms, in ascending order.
    bisections
        Number of bisections of the second pulse's strength.
    """

    steps: tuple[PositiveFloat, ...] = Field(min_length=1)
    currents: tuple[NonNegativeFloat, ...] = Field(min_length=1, max_length=60)
    duration: PositiveInt
    intervals: tuple[PositiveInt, ...] = Field(min_length=1, max_length=60)
    bisections: PositiveInt


_CURRENTS = (*(0.5 * k for k in range(13)), 6.3, *(0.5 * k for k in range(13, 27)), *(5.0 * k for k in range(3, 11)))
_SCIPY = "SciPy's LSODA with a tolerance of 1e-9"
_SECOND = "second order in the time step: 0.004 mV at 0.05 ms"

CLASSIC = Classic(
    __name__,
    __doc__,
    title="Membrane of the squid's giant axon",
    order=120,
    source="Hodgkin & Huxley 1952",
    subjects={"hodgkin-huxley": "BNS"},
    metrics=(
        Metric("rest", "mV", "Resting potential", "Membrane potential after 200 ms without input."),
        Metric("threshold", "mV", "Threshold", "Smallest sudden displacement from rest that evokes a spike."),
        Metric("amplitude", "mV", "Amplitude of a spike", "Peak above rest, after a sudden displacement by 15 mV."),
        Metric(
            "potential",
            "mV",
            "Course of the membrane potential",
            "Membrane potential after a sudden displacement in mV.",
            facts={"displacement": float},
            step="Time (0.1 ms)",
            summarised=False,
        ),
        Metric("pulse", "µA/cm²", "Weakest pulse", "Weakest pulse of 1 ms that evokes a spike at rest."),
        Metric(
            "second_threshold",
            "",
            "Weakest second pulse",
            "Weakest second pulse of 1 ms that evokes a spike, relative to the weakest at rest, by the interval in ms "
            "between the onsets of the pulses.",
            facts={"interval": int},
        ),
        Metric(
            "absolute_refractoriness",
            "ms",
            "Absolute refractory period",
            "Shortest interval after which a second pulse of ten times the weakest at rest evokes a spike.",
        ),
        Metric(
            "rate",
            "Hz",
            "Firing rate",
            "Rate in the second half of a steady current in µA/cm², reached in one of two ways; 0 if firing ceases.",
            facts={"current": float, "approach": str},
        ),
        Metric("onset", "µA/cm²", "Onset of firing", "Smallest current that makes the membrane fire for good."),
        Metric("onset_rate", "Hz", "Rate at the onset", "Firing rate at the smallest current."),
        Metric(
            "stability",
            "µA/cm²",
            "Limit of the resting state",
            "Current at which a small oscillation about the resting state neither decays nor grows.",
        ),
        Metric(
            "interval_error",
            "fraction",
            "Error of the interspike interval",
            "Relative error of the mean interspike interval at 10 µA/cm², by integration method and time step in ms.",
            facts={"method": str, "dt": float},
        ),
    ),
    presets={
        "quick": Config(
            steps=(0.02, 0.1, 0.05),
            currents=_CURRENTS,
            duration=1000,
            intervals=(*range(3, 20), *range(20, 36, 2)),
            bisections=9,
        ),
        "full": Config(
            steps=(0.01, 0.1, 0.05, 0.02),
            currents=_CURRENTS,
            duration=2000,
            intervals=(*range(3, 20), *range(20, 51)),
            bisections=12,
        ),
        "tiny": Config(steps=(0.05,), currents=(5.0, 8.0, 12.0), duration=200, intervals=(4, 8, 12, 16), bisections=5),
    },
    yardsticks=(
        Yardstick(
            "resting potential", "rest", -65.0, 0.01, "the convention is rounded", "today's convention", "theory"
        ),
        Yardstick(
            "threshold between 6 and 7 mV",
            "threshold",
            6.5,
            0.5,
            "the paper's solutions for 6 and 7 mV lie on both sides of it",
            "Hodgkin & Huxley 1952, figure 12",
            "second-hand",
        ),
        Yardstick("threshold in a precise solution", "threshold", 6.502, 0.01, _SECOND, _SCIPY, "theory"),
        Yardstick(
            "amplitude in a precise solution",
            "amplitude",
            105.41,
            0.15,
            "second order in the time step: 0.13 mV at 0.05 ms, 0.01 mV at 0.02 ms",
            _SCIPY,
            "theory",
        ),
        Yardstick(
            "onset where the limit cycle begins",
            "onset",
            6.265,
            0.02,
            "near the bifurcation firing ceases only after a long time",
            "Balti et al. 2018, figure 6",
            "confirmed",
        ),
        Yardstick(
            "limit of the resting state: Hopf bifurcation",
            "stability",
            9.775,
            0.02,
            "growth is found from two windows, with a time step of second order",
            "eigenvalues of the linearised equations",
            "theory",
        ),
        *(
            Yardstick(
                f"interval at 10 uA/cm^2, {method}, step 0.05 ms",
                "interval_error",
                0.0,
                tolerance,
                reason,
                _SCIPY,
                "theory",
                {"method": method, "dt": 0.05},
            )
            for method, tolerance, reason in (
                ("exponential_midpoint", 0.003, "the default, of second order: some 0.2 %"),
                ("rk4", 0.0005, "of fourth order: spikes lie on the time grid"),
            )
        ),
    ),
)
