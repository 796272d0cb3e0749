"""Simulator: a compiled network as a function of (state, stimulus, key, plastic)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from bnsim import checks
from bnsim.arrays import UInt64Array
from bnsim.encoding.base import Drive, SpikeRaster
from bnsim.engine import random
from bnsim.engine.backends import CompiledNetwork
from bnsim.engine.check_state import check_state
from bnsim.engine.initial import initial_arrays
from bnsim.engine.job import Job, Outcome
from bnsim.engine.signals import check_signals
from bnsim.errors import InputError
from bnsim.network import Network
from bnsim.program import Program
from bnsim.recording import Recording, SpikeTimes, Trace
from bnsim.state import State

CHUNK_BYTES = 32 * 2**20
"""Stimulus and counts handled at once: starting a binary and making 30,000 synapses costs about 10 ms."""


class Simulator:
    """Compiled network. It holds no state of its own: a run is a function of its arguments.

    Parameters
    ----------
    network : Network
        The description.
    program : Program
        The program that it was lowered to.
    backend : str
        Name of the back end in use.
    engine : CompiledNetwork
        The program, ready to run on this back end.

    Attributes
    ----------
    network : Network
        The description.
    program : Program
        The program that it was lowered to.
    timing : Timing
        The time grid.
    backend : str
        Name of the back end in use.
    """

    def __init__(self, network: Network, program: Program, backend: str, engine: CompiledNetwork) -> None:
        self.network, self.program, self.timing = network, program, program.timing
        self.backend, self._engine = backend, engine

    def __repr__(self) -> str:
        return f"Simulator({self.backend}, {self.timing.steps} steps of {self.timing.dt * 1e3:g} ms a trial)"

    def initial_state(self, key: int) -> State:
        """Draw connectivity, weights and delays; all variables are at their initial value.

        Parameters
        ----------
        key : int
            From 0 to 2**64 - 1.

        Returns
        -------
        State
            Equal for equal keys.
        """
        return State(initial_arrays(self.program, _checked_key(key)))

    def run(
        self,
        state: State,
        stimulus: Any = None,
        key: int = 0,
        *,
        plastic: bool = True,
        trials: Iterable[int] | int | None = None,
        signals: Mapping[str, Any] | None = None,
        record: Sequence[str] = (),
    ) -> tuple[State, Recording]:
        """Present a stimulus and return the state afterwards and what was recorded.

        Parameters
        ----------
        state : State
            From `initial_state` or an earlier run. It is not changed.
        stimulus : mapping, array or None
            What each encoder takes: {"input": array (trial, unit)}; for a network with one encoder the array alone.
            None where the network has no encoder.
        key : int
            Key of all random numbers, from 0 to 2**64 - 1. Together with the number of a trial it decides them.
        plastic : bool
            Whether weights and other persistent variables change. False: they stay bitwise equal.
        trials : iterable of int or int, optional
            Their numbers, or how many there are where there is no stimulus. Default: 0, 1, 2, ...
        signals : mapping of str to array, optional
            Signals of rules in each trial: {"projection.signal": array (trial, unit) or (trial,)}, and where the
            network has a reward, for which decision it is given: {"reward.correct": whole numbers (trial,)}.
        record : sequence of str
            Populations whose spike times, and traces that were compiled in, are recorded. Counts always are.

        Returns
        -------
        state : State
            After the last trial.
        recording : Recording
            What was recorded.

        Raises
        ------
        InputError
            If stimulus, signals or state do not fit.
        MachineError
            If the simulation fails.
        """
        state, outcomes, numbers = self._run(state, stimulus, key, plastic, trials, signals or {}, record)
        return state, self._recording(numbers, outcomes, record)

    def profile(
        self,
        state: State,
        stimulus: Any = None,
        key: int = 0,
        *,
        plastic: bool = True,
        trials: Iterable[int] | int | None = None,
        signals: Mapping[str, Any] | None = None,
    ) -> dict[str, float]:
        """Return where the time of such a run goes.

        Parameters
        ----------
        state, stimulus, key, plastic, trials, signals
            As in `run`.

        Returns
        -------
        dict of str to float
            Seconds spent in each object, by its name in Brian2, longest first. Objects that a run leaves out take
            none; the timing itself costs some 20 ns a step and object.

        Raises
        ------
        InputError
            As in `run`, and on a back end that cannot time its objects: those of `numpy` and `cython` are timed by
            Brian2's own profiler.
        MachineError
            If the simulation fails.
        """
        if not self._engine.profiles:
            raise InputError(f'Simulator.profile: not on the back end {self.backend!r}; compile with backend="cpp"')
        _, outcomes, _ = self._run(state, stimulus, key, plastic, trials, signals or {}, (), profile=True)
        total: dict[str, float] = {}
        for outcome in outcomes:
            for name, seconds in outcome.seconds.items():
                total[name] = total.get(name, 0.0) + seconds
        return dict(sorted(total.items(), key=lambda entry: -entry[1]))

    def _run(
        self,
        state: State,
        stimulus: Any,
        key: int,
        plastic: bool,
        trials: Iterable[int] | int | None,
        signals: Mapping[str, Any],
        record: Sequence[str],
        profile: bool = False,
    ) -> tuple[State, list[Outcome], UInt64Array]:
        _checked_key(key)
        values = self._stimulus(stimulus)
        numbers = self._trial_numbers(trials, values)
        drives = {name: self._drive(name, value) for name, value in values.items()}
        told, correct = check_signals(self.program, signals, len(numbers), plastic)
        if isinstance(record, str):
            raise InputError(f"Simulator.run(record): {record!r} is text; give a list of names, such as [{record!r}]")
        for name in record:
            checks.one_of("Simulator.run(record)", name, [population.name for population in self.program.populations])
        check_state(self.program, state)
        keys = random.trial_keys(key, numbers)
        chunk = self._chunk()
        outcomes: list[Outcome] = []
        for start in range(0, max(len(numbers), 1), chunk):
            part = slice(start, start + chunk)
            job = Job(
                state,
                {name: _cut(drive, part) for name, drive in drives.items()},
                {name: array[part] for name, array in told.items()},
                correct[part],
                keys[part],
                plastic,
                frozenset(record),
                profile,
            )
            outcomes.append(self._engine.run(job))
            state = State({**state, **outcomes[-1].state})
        return state, outcomes, numbers

    def _chunk(self) -> int:
        units = sum(population.size for population in self.program.populations)
        return max(1, CHUNK_BYTES // (12 * units))

    def _drive(self, name: str, stimulus: Any) -> Drive:
        population = self.program.population(name)
        assert population.stimulus is not None
        return population.stimulus.encode(stimulus, population.size, self.timing)

    def _stimulus(self, stimulus: Any) -> dict[str, Any]:
        encoders = [p.name for p in self.program.populations if p.stimulus is not None]
        if not isinstance(stimulus, Mapping):
            if stimulus is None:
                stimulus = {}
            elif len(encoders) == 1:
                stimulus = {encoders[0]: stimulus}
            else:
                raise InputError(
                    f"Simulator.run(stimulus): the network has {len(encoders)} encoders ({', '.join(encoders)}); "
                    "give a dictionary with a stimulus for each"
                )
        for name in stimulus:
            checks.one_of("Simulator.run(stimulus)", name, encoders)
            if not hasattr(stimulus[name], "__len__"):
                raise InputError(f"Simulator.run(stimulus): {name!r} is no sequence of trials; give one entry a trial")
        missing = [name for name in encoders if name not in stimulus]
        if missing:
            raise InputError(f"Simulator.run(stimulus): nothing for {missing[0]!r}; give a stimulus for each encoder")
        return dict(stimulus)

    def _trial_numbers(self, trials: Iterable[int] | int | None, values: Mapping[str, Any]) -> UInt64Array:
        lengths = {name: len(value) for name, value in values.items()}
        if len(set(lengths.values())) > 1:
            raise InputError(
                f"Simulator.run(stimulus): different numbers of trials {lengths}; give as many to each encoder"
            )
        n_trials = next(iter(lengths.values()), None)
        if trials is None:
            if n_trials is None:
                raise InputError(
                    "Simulator.run(trials): without a stimulus, say how many trials to run, such as trials=1"
                )
            trials = n_trials
        if isinstance(trials, (int, np.integer)):
            trials = np.arange(checks.count("Simulator.run(trials)", trials, minimum=0))
        numbers = np.asarray(list(trials) if not isinstance(trials, np.ndarray) else trials)
        if numbers.size and (numbers.ndim != 1 or numbers.dtype.kind not in "iu" or numbers.min() < 0):
            raise InputError("Simulator.run(trials): not whole numbers of at least 0; give one number for each trial")
        if n_trials is not None and len(numbers) != n_trials:
            raise InputError(f"Simulator.run(trials): {len(numbers)} numbers for {n_trials} trials; give one for each")
        return numbers.astype(np.uint64)

    def _recording(self, numbers: UInt64Array, outcomes: list[Outcome], record: Sequence[str]) -> Recording:
        names = [population.name for population in self.program.populations]
        counts = {name: np.concatenate([outcome.counts[name] for outcome in outcomes]) for name in names}
        traces: dict[str, dict[str, Trace]] = {}
        for traced in self.program.traces:
            name, symbol = traced.population, traced.symbol
            if name in record:
                rows = np.concatenate([outcome.traces[name, symbol] for outcome in outcomes])
                values = rows.reshape(len(numbers), self.timing.steps, self.program.population(name).size)
                traces.setdefault(name, {})[symbol] = Trace(values, traced.unit)
        return Recording(
            duration=self.timing.trial,
            dt=self.timing.dt,
            trials=numbers,
            counts=counts,
            spikes={name: _spike_times([outcome.spikes[name] for outcome in outcomes]) for name in record},
            traces=traces,
            presentations=np.concatenate([outcome.presentations for outcome in outcomes]),
        )


def _spike_times(parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> SpikeTimes:
    trial, first = [], 0
    for _, _, end in parts:
        trial.append(np.repeat(np.arange(first, first + len(end)), np.diff(end, prepend=0)))
        first += len(end)
    unit, time = (np.concatenate([part[index] for part in parts]) for index in (0, 1))
    return SpikeTimes(np.concatenate(trial).astype(np.int64), unit.astype(np.int64), time)


def _cut(drive: Drive, part: slice) -> Drive:
    if not isinstance(drive, SpikeRaster):
        return np.ascontiguousarray(drive[part])
    offsets = drive.offsets[part.start : part.stop + 1]
    return SpikeRaster(offsets - offsets[0], drive.index[offsets[0] : offsets[-1]])


def _checked_key(key: int) -> int:
    number = checks.count("key", key, minimum=0)
    if number >= 2**64:
        raise InputError(f"key: {key} is too large; give a whole number below 2^64")
    return number
