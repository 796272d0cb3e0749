"""Simulator: a compiled network as a function of (state, stimulus, key, plastic)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bnsim import notebook
from bnsim.arrays import Int64Array
from bnsim.binning import duration_steps
from bnsim.drives.encoder import Encoded, SpikeRaster
from bnsim.engine import random, stimuli
from bnsim.engine.backends import CompiledNetwork, ParallelNetwork
from bnsim.engine.check_state import check_state
from bnsim.engine.continuous import Run
from bnsim.engine.initial import initial_arrays
from bnsim.engine.job import LEAST_SHARED, Grid, Job, Limit, Outcome, Reporter
from bnsim.engine.known import Known
from bnsim.engine.progress import progress_of
from bnsim.engine.records import Record
from bnsim.engine.signals import Signals, check_signals
from bnsim.errors import InputError
from bnsim.interruption import deferred, say
from bnsim.network import Network
from bnsim.program import Program
from bnsim.random_numbers import checked_key
from bnsim.record import Request
from bnsim.recording import Recording
from bnsim.state import CLOCK, KEY, State
from bnsim.stream import Call, Stream
from bnsim.timing import Timing

__all__ = ["Simulator"]

CHUNK_BYTES = 32 * 2**20
"""Stimulus and counts handled at once; a job costs less than a millisecond besides its trials."""

LEAST_TRIALS = 4
"""Fewer are not worth a process of their own."""

PIECE_BYTES, PIECE_SECONDS = 32 * 2**20, 5.0
"""What a run that is written to disk records, and how long it takes, before that is written."""


class Simulator:
    """Compiled network. It holds no state of its own: a run is a function of its arguments.

    Parameters
    ----------
    network : Network
        The description.
    program : Program
        The program that it was lowered to.
    timing : Timing or None
        Time grid of a trial; None where the network was compiled without trials.
    backend : str
        Name of the back end in use.
    engine : CompiledNetwork
        The program, ready to run on this back end.
    threads : int
        How many cores share the work.

    Attributes
    ----------
    network : Network
        The description.
    program : Program
        The program that it was lowered to.
    backend : str
        Name of the back end in use.
    """

    def __init__(
        self,
        network: Network,
        program: Program,
        timing: Timing | None,
        backend: str,
        engine: CompiledNetwork,
        threads: int = 1,
    ) -> None:
        self.network, self.program = network, program
        self.backend, self._engine, self._timing = backend, engine, timing
        self._threads, self._passed = threads, Known()

    def __repr__(self) -> str:
        dt = f"steps of {self.program.dt * 1e3:g} ms"
        trials = "" if self._timing is None else f", trials of {self._timing.trial * 1e3:g} ms"
        return f"Simulator({self.backend}, {dt}{trials})"

    def _repr_html_(self) -> str:
        """Return what notebooks show."""
        return notebook.heading(repr(self)) + self.network._repr_html_()

    @property
    def timing(self) -> Timing:
        """Time grid of a trial.

        Raises
        ------
        InputError
            If the network was compiled without trials.
        """
        if self._timing is None:
            raise InputError(
                "Simulator.run: the network was compiled without trials; "
                "compile it with trial=100*ms, say, or call run_for(state, duration)"
            )
        return self._timing

    def initial_state(self, key: int) -> State:
        """Draw connectivity, weights and delays; all variables are at their initial value.

        Parameters
        ----------
        key : int
            From 0 to 2**64 - 1: also the key of all random numbers of continuous runs that start from this state.

        Returns
        -------
        State
            Equal for equal keys.
        """
        number = checked_key("Simulator.initial_state(key)", key)
        arrays = initial_arrays(self.program, number)
        return State({**arrays, KEY: np.array([number], np.uint64), CLOCK: np.zeros(1, np.int64)})

    def run(
        self,
        state: State,
        stimulus: Any = None,
        key: int = 0,
        *,
        plastic: bool = True,
        trials: Iterable[int] | int | None = None,
        signals: Mapping[str, Any] | None = None,
        record: Sequence[Request] = (),
    ) -> tuple[State, Recording]:
        """Present a stimulus in trials and return the state afterwards and what was recorded.

        Parameters
        ----------
        state : State
            From `initial_state` or an earlier run. It is not changed. Each trial starts with its values of all
            variables, and with no spike in flight.
        stimulus : mapping, array or None
            What each encoder takes: {"input": array (trial, unit)}; for a network with one encoder the array alone.
            Values may vary within the trial: (trial, part, unit), for equal parts of the presentation. None where the
            network has no encoder.
        key : int
            Key of all random numbers, from 0 to 2**64 - 1. Together with the number of a trial it decides them.
        plastic : bool
            Whether weights and other persistent variables change. False: they stay bitwise equal.
        trials : iterable of int or int, optional
            Their numbers, or how many there are where there is no stimulus. Default: 0, 1, 2, ...
        signals : mapping of str to array, optional
            Signals of rules in each trial: {"projection.signal": array (trial, unit) or (trial,)}, or where they vary
            within the trial (trial, part, unit) or (trial, part), where the last value stays after the presentation;
            and where the network has a reward, for which
            decision it is given: {"reward.correct": whole numbers (trial,)}.
        record : sequence of Spikes, Trace or Weights
            What is recorded. Spike counts always are.

        Returns
        -------
        state : State
            With the weights and other persistent variables after the last trial; all else as it was.
        recording : Recording
            What was recorded.

        Raises
        ------
        InputError
            If stimulus, signals or state do not fit, or the network was compiled without trials.
        MachineError
            If the simulation fails.
        """
        wanted = Record.of("Simulator.run(record)", self.program, record)
        wanted.check_synapses("Simulator.run(record)", self.program, state)
        state, outcomes, numbers = self._run(state, stimulus, key, plastic, trials, signals or {}, wanted)
        return state, wanted.recording(self.program, self._grid(), numbers, outcomes, state)

    def run_for(
        self,
        state: State,
        duration: Any,
        stimulus: Any = None,
        *,
        plastic: bool = True,
        signals: Mapping[str, Any] | None = None,
        record: Sequence[Request] = (),
        progress: bool = False,
        to: str | Path | None = None,
    ) -> tuple[State, Recording]:
        """Go on from a state without a break and return the state afterwards and what was recorded.

        Parameters
        ----------
        state : State
            From `initial_state` or an earlier run, which it continues: everything carries over, the clock, the key of
            the random numbers and spikes in flight included. It is not changed. For other random numbers in the same
            network give `state.with_key(5)`, say.
        duration : Quantity
            How long to simulate, a whole number of time steps. A number without a unit is refused.
        stimulus : mapping, array or None
            What each encoder takes, for the run as a whole. For an encoder that takes values, an array (unit,), or an
            array (part, unit) with values for equal parts of the run. For one that replays spikes, the spikes of the
            run, with times from its start.
        plastic : bool
            Whether weights and other persistent variables change. False: they stay bitwise equal.
        signals : mapping of str to array, optional
            Signals of rules: {"projection.signal": array (unit,) or one number}.
        record : sequence of Spikes, Trace or Weights
            What is recorded. Spike counts always are.
        progress : bool
            Whether a bar shows how far the run is.
        to : str or pathlib.Path, optional
            Folder to which the run writes what it records, piece by piece, so that it takes no more memory the longer
            it is; a new one, or that of a run which ends with this state, to go on with it. A piece takes about five
            seconds of real time, longer where to begin a piece takes long: so much is lost if the process is killed.
            The same call goes on with a run that was interrupted, to the same bits, and reads one that has ended.
            Ctrl-C waits for the end of the piece; a second Ctrl-C does not.

        Returns
        -------
        state : State
            At the end of the run.
        recording : Recording
            One trial as long as the run, with times counted from the state's beginning. With `to`, that of all that the
            folder holds, mapped into memory: take a `window` of it, and only that is read.

        Raises
        ------
        InputError
            If duration, stimulus, signals or state do not fit, the duration has no unit, or the network has something
            that happens at the end of a trial: a rule that learns then, a repetition or a reward.
        MachineError
            If the simulation fails.

        Warns
        -----
        UserWarning
            If the last piece in the folder is damaged; what the folder held before is used.

        Notes
        -----
        Ten runs of 1 s give the same spikes as one of 10 s, to the last bit. Neither the length of the run nor what
        differs from state to state is compiled in.
        """
        culprit, program = "Simulator.run_for", self.program
        self._refuse_trial_ends()
        wanted = Record.of(f"{culprit}(record)", program, record)
        steps = duration_steps(f"{culprit}(duration)", duration, program.dt)
        if steps < 1:
            raise InputError(f"{culprit}(duration): not above 0; give a time such as 1*second")
        state = _with_synapses(program, state)
        check_state(program, state, continuous=True, passed=self._passed)
        wanted.check_synapses(f"{culprit}(record)", program, state)
        values = stimuli.by_encoder(f"{culprit}(stimulus)", program, stimulus)
        number, drives = stimuli.segments(program, values, steps)
        given = {name: np.asarray(value)[None] for name, value in (signals or {}).items()}
        told, correct = check_signals(program, given, 1, plastic)
        run = Run(
            program,
            steps // number,
            number,
            drives,
            told,
            correct,
            plastic,
            wanted,
            chunk=self._chunk,
            limit=None if to is None else Limit(PIECE_BYTES, PIECE_SECONDS),
            threads=self._threads_of_step,
        )
        with progress_of(steps, program.dt, shown=progress) as report:
            if to is not None:
                return self._streamed(f"{culprit}(to)", run, state, to, report)
            outcomes, reached = [], state
            for piece in run.pieces(self._engine, state, report):
                reached, _, outcome = piece
                outcomes.append(outcome)
        whole = Grid(steps, steps, int(state[CLOCK][0]), continuous=True)
        return reached, wanted.recording(program, whole, np.zeros(1, np.uint64), outcomes, reached)

    def _streamed(
        self, culprit: str, run: Run, state: State, to: str | Path, report: Reporter | None
    ) -> tuple[State, Recording]:
        """Carry out a run and write each of its pieces to a folder as soon as it is there."""
        number, nothing = np.zeros(1, np.uint64), Grid(0, 0, int(state[CLOCK][0]), continuous=True)
        start = run.wanted.recording(self.program, nothing, number, [run.wanted.nothing(self.program)], state)
        call = Call(run.identity(state), int(state[CLOCK][0]))
        stream = Stream(culprit, to, state, start, call)
        reached, done = stream.state, stream.done
        pieces = run.pieces(self._engine, reached, report, done)
        try:
            with deferred() as interruption:
                for reached, grid, outcome in pieces:
                    stream.append(run.wanted.recording(self.program, grid, number, [outcome], reached), reached)
                    done += grid.steps
                    if interruption.requested and done < run.n_steps:
                        raise KeyboardInterrupt
        except BaseException as error:
            error.add_note(stream.note())
            if isinstance(error, KeyboardInterrupt):
                say(stream.note())
            raise
        return reached, stream.recording()

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
        _, outcomes, _ = self._run(state, stimulus, key, plastic, trials, signals or {}, Record({}, {}), profile=True)
        total: dict[str, float] = {}
        for outcome in outcomes:
            for name, seconds in outcome.seconds.items():
                total[name] = total.get(name, 0.0) + seconds
        return dict(sorted(total.items(), key=lambda entry: -entry[1]))

    @property
    def _chunk(self) -> int:
        """Number of trials or segments of a job."""
        return max(1, CHUNK_BYTES // (12 * sum(population.size for population in self.program.populations)))

    def _grid(self) -> Grid:
        return Grid(self.timing.steps, self.timing.presentation_steps)

    def _run(
        self,
        state: State,
        stimulus: Any,
        key: int,
        plastic: bool,
        trials: Iterable[int] | int | None,
        signals: Mapping[str, Any],
        wanted: Record,
        profile: bool = False,
    ) -> tuple[State, list[Outcome], np.ndarray]:
        checked_key("Simulator.run(key)", key)
        values = stimuli.by_encoder("Simulator.run(stimulus)", self.program, stimulus)
        numbers = stimuli.trial_numbers(trials, values)
        drives = {name: stimuli.in_parts(self.program, name, value, self.timing) for name, value in values.items()}
        told, correct = check_signals(self.program, signals, len(numbers), plastic)
        n_parts, drives, told = self._in_parts(drives, told)
        state = _with_synapses(self.program, state)
        check_state(self.program, state, continuous=False, passed=self._passed)
        keys = random.trial_keys(key, numbers)
        grid = replace(self._grid(), parts=n_parts)
        state, outcomes = self._in_chunks(grid, state, drives, told, correct, keys, plastic, wanted, profile)
        return state, outcomes, numbers

    def _in_parts(self, drives: Mapping[str, Encoded], told: Signals) -> tuple[int, dict[str, Encoded], Signals]:
        """How many parts of a trial have values of their own, and drives and signals with as many."""
        values = {name: drive for name, drive in drives.items() if not isinstance(drive, SpikeRaster)}
        values |= {".".join(name): array for name, array in told.items()}
        number, same = stimuli.same_parts("Simulator.run", values, self.timing.presentation_steps)
        wide = {name: same.get(name, drive) for name, drive in drives.items()}
        return number, wide, {name: same[".".join(name)] for name in told}

    def _in_chunks(
        self,
        grid: Grid,
        state: State,
        drives: Mapping[str, Encoded],
        told: Signals,
        correct: Int64Array,
        keys: Int64Array,
        plastic: bool,
        wanted: Record,
        profile: bool,
    ) -> tuple[State, list[Outcome]]:
        """Run trials, as many at once as fit into the memory meant for them."""
        together = self._at_once(len(keys)) if not (plastic or profile) else 1
        values = [array for array in (*drives.values(), *told.values()) if not isinstance(array, SpikeRaster)]
        in_memory = CHUNK_BYTES // max(1, sum(8 * array[0].size for array in values if len(array)))
        chunk = max(1, min(self._chunk, in_memory, -(-len(keys) // together)))

        def job(start: int) -> Job:
            part = slice(start, start + chunk)
            return Job(
                grid=grid,
                state=state,
                drives={name: stimuli.cut(drive, part) for name, drive in drives.items()},
                signals={name: array[part] for name, array in told.items()},
                correct=correct[part],
                keys=keys[part],
                plastic=plastic,
                spikes=wanted.spikes,
                samples=wanted.samples,
                profile=profile,
                threads=self._threads_of_step,
                first=start,
            )

        outcomes: list[Outcome] = []
        starts = range(0, max(len(keys), 1), chunk)
        for k in range(0, len(starts), together):
            jobs = [job(start) for start in starts[k : k + together]]
            if isinstance(self._engine, ParallelNetwork) and len(jobs) > 1:
                outcomes += self._engine.run_together(jobs)
            else:
                outcomes.append(self._engine.run(jobs[0]))
                state = State({**state, **outcomes[-1].state})
        return state, outcomes

    def _at_once(self, n_trials: int) -> int:
        """How many processes share trials of which none depends on others. Large networks are not held many times."""
        return 1 if self._is_large else max(1, min(self._threads, n_trials // LEAST_TRIALS))

    @property
    def _threads_of_step(self) -> int:
        return self._threads if self._is_large else 1

    @property
    def _is_large(self) -> bool:
        return any(population.size >= LEAST_SHARED for population in self.program.populations)

    def _refuse_trial_ends(self) -> None:
        culprit, remedy = "Simulator.run_for", "call run(state, stimulus, key), which runs trials"
        if self.program.trial_end:
            raise InputError(f"{culprit}: a rule of {self.program.trial_end[0].owner!r} learns at trial ends; {remedy}")
        for what, found in (("repetition", self.program.repetition), ("reward", self.program.reward)):
            if found is not None:
                raise InputError(f"{culprit}: the network's {what} belongs to trials; {remedy}")


def _with_synapses(program: Program, state: State) -> State:
    """The state with the synapses of projections in which something changes: these cannot be drawn later."""
    if isinstance(state, State):
        for projection in program.projections:
            if not projection.drawable:
                state = state.with_synapses(projection.name)
    return state
