"""Give neurons white noise, and count their spikes."""

from __future__ import annotations

from collections.abc import Callable

from brian2.units import ms, mV, second

import bnsim
from experiments.classics.siegert import CLASSIC, REFRACTORY, RESET, TAU, THRESHOLD, Config
from experiments.shared.siegert import siegert_rate
from experiments.spec import Measurement, Outcome, Progress, Untrained

WARM_UP = 0.3
"""Length of the simulation before the spikes are counted, in s: 15 membrane time constants."""
_PARTS = 10


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Simulate all neurons with each time step.

    Parameters
    ----------
    config
        Options of the experiment.
    subject
        The neuron, with the seed of the noise.
    progress
        Receives the units of work that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.
    """
    noise = {"mean": config.mean, "sigma": config.sigma}
    measured: list[Measurement] = []
    # A simulation takes as long as it has steps.
    costs = [1 / dt for dt in config.steps]
    for number, dt in enumerate(config.steps):

        def shown(part: int, number: int = number) -> None:
            done = sum(costs[:number]) + costs[number] * part / _PARTS
            progress(round(1000 * done / sum(costs)), 1000)

        rate, expected = _rate(config, dt, subject.seed, shown), _theory(config, dt)
        measured.append(CLASSIC["rate"](rate, **noise, dt=dt))
        measured.append(CLASSIC["theory"](expected, **noise, dt=dt))
        measured.append(CLASSIC["deviation"](rate / expected - 1, **noise, dt=dt))
    measured.append(CLASSIC["theory"](_theory(config, 0.0), **noise, dt=0.0))
    return Outcome(1, 0, tuple(measured))


def _theory(config: Config, dt: float) -> float:
    return siegert_rate(config.mean, config.sigma, TAU, THRESHOLD, RESET, REFRACTORY, dt)


def _rate(config: Config, dt: float, seed: int, shown: Callable[[int], None]) -> float:
    """Return the firing rate in Hz; `shown` receives the number of parts that are done."""
    cell = bnsim.LIF(
        tau_m=TAU * ms,
        v_rest=0 * mV,
        v_threshold=THRESHOLD * mV,
        v_reset=RESET * mV,
        refractory=(REFRACTORY + dt) * ms,
    )
    noise = bnsim.WhiteNoise(sigma=config.sigma * mV, tau=TAU * ms, mean=config.mean * mV)
    cells = bnsim.Population("cells", config.neurons, cell, drive=noise)
    simulator = bnsim.Network([cells]).compile(dt=dt * ms)
    state, _ = simulator.run_for(simulator.initial_state(key=seed), WARM_UP * second)
    steps, count = round(config.duration * 1e3 / dt), 0
    for part in range(_PARTS):
        length = steps * (part + 1) // _PARTS - steps * part // _PARTS
        if length:
            state, recording = simulator.run_for(state, length * dt * ms)
            count += int(recording.counts["cells"].sum())
        shown(part + 1)
    return count / (config.neurons * steps * dt / 1e3)
