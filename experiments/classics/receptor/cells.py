"""Leaky integrate-and-fire cells with escape noise: driven by a recorded stimulus, with recorded or with own spikes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from brian2.units import Hz, ms, mV
from brian2.units.fundamentalunits import Quantity
from numpy.typing import NDArray

import bnsim
from bnsim.arrays import FloatArray
from bnsim.binning import steps_of
from experiments.classics.receptor import LIMIT

CELLS = 128
"""Cells that are simulated at a time: one number for all purposes, so that one network is compiled."""
_NEVER = 1e6
"""Threshold of a cell that does not fire by itself, in mV."""


@dataclass(frozen=True, repr=False)
class EscapeLIF(bnsim.NeuronModel):
    """Leaky integrate-and-fire neuron that fires by chance, the more likely the nearer it is to its threshold.

    Parameters
    ----------
    tau_m : Quantity
        Membrane time constant.
    v_threshold, v_reset : Quantity
        Potential at which the intensity is 1 per ms, and reset potential, relative to rest.
    noise : Quantity
        Change of the potential by which the intensity changes e-fold.
    tau_theta : Quantity
        Time constant of the threshold's adaptation.
    theta_increment : Quantity
        Rise of the threshold with each spike.
    refractory : Quantity
        Absolute refractory period.
    method : {"exact", "exponential_midpoint", "exponential_euler", "euler", "rk2", "rk4"}
        Integration method.

    Notes
    -----
    tau_m dv/dt = I - v, tau_theta dtheta/dt = -theta, intensity = exp((v - v_threshold - theta) / noise) / ms. Whether
    it fires in a step is said by `Firing`, a drive, which draws the random numbers.

    References
    ----------
    W. Gerstner et al., Neuronal Dynamics (2014), chapter 9: escape noise.
    """

    tau_m: Quantity = bnsim.parameter(1 * ms)
    v_threshold: Quantity = bnsim.parameter(5 * mV, signed=True)
    v_reset: Quantity = bnsim.parameter(0 * mV, signed=True)
    noise: Quantity = bnsim.parameter(1 * mV)
    tau_theta: Quantity = bnsim.parameter(5 * ms)
    theta_increment: Quantity = bnsim.parameter(0 * mV, signed=True)

    equations: ClassVar[str] = """
        dv/dt = (I - v) / tau_m : volt (unless refractory)
        dtheta/dt = -theta / tau_theta : volt
        fires : 1
    """
    threshold: ClassVar[str] = "fires > 0.5"
    reset: ClassVar[str] = "v = v_reset\ntheta += theta_increment"


@dataclass(frozen=True, repr=False)
class Firing(bnsim.Drive):
    """Say in which steps cells fire: where a spike was recorded, and by chance, with the intensity of `EscapeLIF`.

    Parameters
    ----------
    recorded : Binned
        1 in steps in which all cells fire, 0 in others.
    limit : Quantity
        Largest intensity.

    Notes
    -----
    The potential at the beginning of a step decides; the probability is 1 - exp(-intensity dt).
    """

    recorded: Any = field(default_factory=lambda: bnsim.Binned(np.zeros(1)))
    limit: Quantity = bnsim.parameter(LIMIT * 1e3 * Hz)

    at_start: ClassVar[str] = (
        "fires = recorded + int(uniform < 1 - exp(-dt * "
        "clip(exp(clip((v - v_threshold - theta) / noise, -50, 50)) / ms, 0*Hz, limit)))"
    )
    random: ClassVar[bool] = True
    courses: ClassVar[dict[str, str]] = {"recorded": "1"}
    same_for_all: ClassVar[tuple[str, ...]] = ("limit",)


@dataclass(frozen=True, repr=False)
class Channel(bnsim.Drive):
    """A channel of the stimulus, which each cell weights by itself.

    Parameters
    ----------
    course : Binned
        The channel, in mV.
    gain : float
        Weight of the channel, or one for each cell.

    Notes
    -----
    I += gain course(t).
    """

    course: Any = field(default_factory=lambda: bnsim.Binned(np.zeros(1) * mV))
    gain: float = bnsim.parameter(1.0, signed=True)

    current: ClassVar[str] = "gain * course"
    courses: ClassVar[dict[str, str]] = {"course": "{input_unit}"}


@dataclass(frozen=True, eq=False)
class Parameters:
    """Parameters of cells, each an array (cell,), or (cell, channel) for the gains; times in ms, potentials in mV.

    Parameters
    ----------
    tau_m, v_reset
        As in `EscapeLIF`.
    gains
        Weights of the channels.
    tau_theta, theta_increment
        As in `EscapeLIF`.
    """

    tau_m: FloatArray
    v_reset: FloatArray
    gains: FloatArray
    tau_theta: FloatArray
    theta_increment: FloatArray


def forced(
    parameters: Parameters, channels: FloatArray, spikes: NDArray[np.bool_], dt: float, refractory: float
) -> tuple[FloatArray, FloatArray]:
    """Simulate cells that fire when the recorded cell did, and never else.

    Parameters
    ----------
    parameters
        Of at most `CELLS` cells.
    channels
        The stimulus (step, channel), in mV.
    spikes
        Whether a spike was recorded in each step.
    dt, refractory
        Time step and absolute refractory period, in ms.

    Returns
    -------
    tuple of ndarray
        Membrane potentials and adaptations of the threshold at the beginning of each step (step, cell), in mV.
    """
    count = len(parameters.tau_m)
    never = np.full(count, _NEVER)
    recording = _simulated(parameters, channels, spikes, dt, refractory, never, np.ones(count), 0, count)
    traces = recording.traces["cells"]
    return tuple(1e3 * np.asarray(traces[name].values[0]) for name in ("v", "theta"))  # type: ignore[return-value]


def sampled(
    parameters: Parameters,
    channels: FloatArray,
    dt: float,
    refractory: float,
    thresholds: FloatArray,
    noises: FloatArray,
    key: int,
) -> NDArray[np.bool_]:
    """Simulate cells that fire by themselves.

    Parameters
    ----------
    parameters
        Of at most `CELLS` cells.
    channels
        The stimulus (step, channel), in mV.
    dt, refractory
        Time step and absolute refractory period, in ms.
    thresholds, noises
        `v_threshold` and `noise` of each cell, in mV.
    key
        Key of the random numbers.

    Returns
    -------
    ndarray of bool, shape (step, cell)
        The steps in which each cell fires.
    """
    count = len(parameters.tau_m)
    silent = np.zeros(len(channels), bool)
    recording = _simulated(parameters, channels, silent, dt, refractory, thresholds, noises, key, 0)
    spikes = recording.spike_times("cells")
    fired = np.zeros((len(channels), CELLS), bool)
    fired[steps_of(spikes.time, recording.dt), spikes.unit] = True
    return fired[:, :count]


def _simulated(
    parameters: Parameters,
    channels: FloatArray,
    spikes: NDArray[np.bool_],
    dt: float,
    refractory: float,
    thresholds: FloatArray,
    noises: FloatArray,
    key: int,
    traced: int,
) -> bnsim.Recording:
    """Simulate `CELLS` cells, those without parameters like the last one; record traces of the first, or all spikes."""

    def of_all(values: FloatArray) -> FloatArray:
        return np.concatenate([values, np.repeat(values[-1:], CELLS - len(values), axis=0)])

    model = EscapeLIF(
        tau_m=of_all(parameters.tau_m) * ms,
        v_threshold=of_all(thresholds) * mV,
        v_reset=of_all(parameters.v_reset) * mV,
        noise=of_all(noises) * mV,
        tau_theta=of_all(parameters.tau_theta) * ms,
        theta_increment=of_all(parameters.theta_increment) * mV,
        refractory=refractory * ms,
    )
    step = dt * ms
    drives: list[bnsim.Drive] = [
        Channel(bnsim.Binned(course * mV, step), gains)
        for course, gains in zip(channels.T, of_all(parameters.gains).T, strict=True)
    ]
    drives.append(Firing(bnsim.Binned(spikes.astype(float), step)))
    simulator = bnsim.Network([bnsim.Population("cells", CELLS, model, drive=drives)]).compile(dt=step)
    record: list[bnsim.Trace | bnsim.Spikes] = [bnsim.Spikes("cells")]
    if traced:
        record = [bnsim.Trace("cells", name, units=range(traced), every=step) for name in ("v", "theta")]
    _, recording = simulator.run_for(simulator.initial_state(key=key), len(channels) * step, record=record)
    return recording
