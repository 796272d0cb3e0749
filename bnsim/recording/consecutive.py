"""Parts of one continuous run: what makes them so."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from bnsim.errors import InputError

if TYPE_CHECKING:
    from bnsim.recording.spikes import SpikeTimes
    from bnsim.recording.traces import SampledTrace
    from bnsim.recording.whole import Recording


def check_consecutive(culprit: str, recordings: Sequence[Recording]) -> None:
    """Refuse recordings that are not consecutive parts of one continuous run.

    Parameters
    ----------
    culprit : str
        What they were given to, for the message of an error.
    recordings : sequence of Recording
        The recordings.

    Raises
    ------
    InputError
        If there is none, they are trials, their networks or what was recorded differ, or one does not begin where the
        one before ends.
    """
    if not recordings:
        raise InputError(f"{culprit}: no recording; give at least one")
    first = recordings[0]
    for index, part in enumerate(recordings):
        if part.n_trials != 1:
            raise InputError(f"{culprit}: recording {index} is of {part.n_trials} trials; give recordings of run_for")
        for what, one, other in (
            ("time steps", first.dt, part.dt),
            ("populations", first.populations, part.populations),
            ("kinds of records", _recorded(first), _recorded(part)),
        ):
            if one != other:
                raise InputError(
                    f"{culprit}: recording {index} has other {what} ({_differing(other, one)}) than the first "
                    f"({_differing(one, other)}); give parts of one run in which the same is recorded"
                )
    for index, (before, part) in enumerate(pairwise(recordings), start=1):
        end = before.first_step + before.n_steps
        if part.first_step != end:
            raise InputError(
                f"{culprit}: recording {index} begins at {part.start:g} s, where the one before ends at "
                f"{end * first.dt:g} s; give consecutive parts of one run, in order"
            )


def _recorded(recording: Recording) -> set[tuple[object, ...]]:
    """Everything that was recorded, by kind, owner, variable and the units of samples."""
    traces: list[tuple[str, str, str, SampledTrace | SpikeTimes]] = []
    traces += [("trace of", name, v, t) for name, found in recording.traces.items() for v, t in found.items()]
    traces += [("weights of", name, "w", trace) for name, trace in recording.weights.items()]
    traces += [("spikes of", name, "", spikes) for name, spikes in recording.spikes.items()]
    return {(kind, name, variable, *found.units.tolist()) for kind, name, variable, found in traces}


def _differing(one: object, other: object) -> str:
    """What one has and the other has not, in short."""
    if isinstance(one, set) and isinstance(other, set):
        return ", ".join(sorted(" ".join(map(str, entry[:3])).strip() for entry in one - other)) or "less"
    return f"{one:g} s" if isinstance(one, float) else str(one)
