"""A recording in the formats of other programs: Neo, NWB, pandas, xarray."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import ArrayLike

from bnsim.arrays import FloatArray
from bnsim.errors import InputError, first_line, unwritten
from bnsim.files import replacing
from bnsim.packages import with_extra
from bnsim.selection import Indices, checked_index, known_population, sampled_units

if TYPE_CHECKING:
    import neo
    import pandas as pd
    import xarray as xr

    from bnsim.recording.whole import Recording

START_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""When a simulation's session began, unless somebody says so: simulated time has no date."""


class Formats:
    """What a `Recording` can be turned into, and made from; no recording by itself."""

    @property
    def _recording(self) -> Recording:
        return cast("Recording", self)

    def spike_trains(
        self,
        population: str | None = None,
        *,
        units: Indices | None = None,
        sample: int | None = None,
        trial: int = 0,
    ) -> list[neo.SpikeTrain]:
        """Return spike trains of one trial, as Elephant takes them.

        Parameters
        ----------
        population : str, optional
            Name of the population; it may be left out where the spikes of only one were recorded.
        units : int or sequence of int, optional
            Which units, all whose spikes were recorded if not given.
        sample : int, optional
            Return at most so many of them, chosen at random, but always the same of as many units.
        trial : int
            Index of the trial.

        Returns
        -------
        list of neo.SpikeTrain
            One a unit, silent ones among them, each annotated with its ``population`` and ``unit``. Plain arrays of
            seconds are `spike_times(population).trains(trial)`.

        Raises
        ------
        InputError
            If the population, a unit or the trial is unknown, spikes were not recorded, or `sample` is no number of
            units.
        """
        from bnsim.recording.neo_block import trains_of

        culprit, recording = "Recording.spike_trains", self._recording
        name = known_population(f"{culprit}(population)", population, recording.populations, recording.spikes)
        chosen = recording.spike_times(name).chosen(f"{culprit}(units)", units, recording.populations[name])
        chosen = chosen[sampled_units(f"{culprit}(sample)", sample, len(chosen))]
        return trains_of(
            recording, name, chosen, checked_index(f"{culprit}(trial)", trial, recording.n_trials, "trial")
        )

    def to_neo(self, *, positions: Mapping[str, ArrayLike] | None = None) -> neo.Block:
        """Return the recording as a Neo block.

        Parameters
        ----------
        positions : mapping of str to array_like, shape (n_units, n_dimensions), optional
            For populations, where their units lie: quantities of Brian2, or plain metres, such as
            ``{"E": state.positions("E")}``.

        Returns
        -------
        neo.Block
            A segment a trial, with the spike train of each recorded unit and an analog signal for each trace. Times are
            the recording's: those of a continuous run are counted from the state's beginning.

        Raises
        ------
        InputError
            If positions do not fit.

        Notes
        -----
        Annotations are ``dt``, in seconds, and ``trial``, its number, of a segment; ``population``, ``unit`` and, where
        it is known, ``position`` of a spike train; ``population`` and ``variable`` of a signal, whose channels are
        annotated with their ``unit``. Neo takes some tenths of a millisecond to make a train. So each is made when it
        is asked for, and again when it is asked for again: millions cost nothing until then
        (`bnsim.recording.neo_block.LazySpikeTrains`). All spikes at once are ``segment.spiketrains.multiplexed``.
        """
        from bnsim.recording.neo_block import block_of

        places = _checked_positions("Recording.to_neo(positions)", self._recording, positions or {})
        return block_of(self._recording, places)

    def to_nwb(
        self,
        path: str | Path,
        *,
        description: str = "Simulation of a network of spiking neurons.",
        identifier: str | None = None,
        start_time: datetime = START_TIME,
        positions: Mapping[str, ArrayLike] | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        """Write the recording to a file in the format of Neurodata Without Borders (NWB 2).

        Parameters
        ----------
        path : str or pathlib.Path
            The file, in a folder that exists; its name ends in ``.nwb``.
        description : str
            Description of the session.
        identifier : str, optional
            Identifier of the session. Default: a checksum of the recording's arrays.
        start_time : datetime
            When the session began, with its time zone. Default: 1 January 2000, 0:00 UTC, since simulated time has no
            date, and equal recordings shall make equal files.
        positions : mapping of str to array_like, shape (n_units, n_dimensions), optional
            For populations, where their units lie: quantities of Brian2, or plain metres, such as
            ``{"E": state.positions("E")}``.
        metadata : mapping of str to object, optional
            More arguments of `pynwb.NWBFile`, such as ``{"institution": "...", "experimenter": ["Last, First"]}``.

        Raises
        ------
        InputError
            If pynwb is not installed, the file's name ends otherwise, the time has no time zone, positions do not fit,
            or pynwb refuses metadata or a name.
        MachineError
            If the file cannot be written; one that was there before is left as it was.

        Notes
        -----
        ``units`` has a row for each unit whose spikes were recorded, silent ones among them, with ``spike_times`` in
        seconds, ``population`` and ``unit``; its resolution is the time step. Each trace is a time series
        ``<population>.<variable>`` in ``acquisition``, and weights are ``<projection>.weights``, in SI units, one
        column a unit. Trials, whose times begin anew in a recording, follow each other without a gap here; the table
        ``trials`` says when each begins. ``processing/misc/spike_counts`` has the numbers of spikes of the other units.
        What NWB has no place for, such as the time step and the sizes of populations, is JSON in ``general/notes``.
        Arrays are compressed and written piece by piece, so that a run on disk need not fit into memory.

        A simulation has no subject, and none is made up; archives that want one, such as DANDI, take
        ``metadata={"subject": pynwb.file.Subject(...)}``.
        """
        culprit, recording, path = "Recording.to_nwb", self._recording, Path(path)
        if path.suffix != ".nwb":
            raise InputError(f"{culprit}(path): {path} does not end in .nwb; give such a name")
        if start_time.tzinfo is None:
            raise InputError(f"{culprit}(start_time): {start_time} has no time zone; give one, such as datetime.UTC")
        given = {"session_description": description, "session_start_time": start_time, **_LABELS}
        given |= {"experiment_description": description, **(metadata or {})}
        given |= {} if identifier is None else {"identifier": identifier}
        places = _checked_positions(f"{culprit}(positions)", recording, positions or {})
        nwb_writing = _nwb(culprit, "nwb_writing")
        try:
            with replacing(path) as partial:
                nwb_writing.write(recording, partial, places, given)
        except OSError as error:
            raise unwritten(culprit, path, error) from None
        except InputError:
            raise
        except (TypeError, ValueError) as error:
            raise InputError(f"{culprit}: pynwb refuses it ({first_line(error)}); give another name or value") from None

    @classmethod
    def from_nwb(cls, path: str | Path) -> Recording:
        """Read a recording that `to_nwb` wrote.

        Parameters
        ----------
        path : str or pathlib.Path
            The file.

        Returns
        -------
        Recording
            The same recording, in memory. Spikes of one moment are in the order of their units.

        Raises
        ------
        InputError
            If the file is damaged, another program has written it, it is larger than the limit (see `bnsim.npz`), or
            pynwb is not installed.

        Notes
        -----
        NWB files of other programs do not say what a recording must know, such as the time step and the number of
        silent units. Read them with Neo or pynapple, whose spike trains `bnsim.measures` and `bnsim.SpikeTrains` take.
        """
        from bnsim.recording.arrays import fields

        nwb_reading = _nwb("Recording.from_nwb", "nwb_reading")
        try:
            arrays = nwb_reading.read(Path(path))
        except InputError:
            raise
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, OverflowError) as error:
            raise _foreign(path, error) from None
        try:
            return cast("Recording", cls(**fields(arrays)))
        except (KeyError, ValueError, TypeError) as error:
            raise _foreign(path, error) from None

    def to_pandas(self) -> pd.DataFrame:
        """Return the recorded spikes as a table.

        Returns
        -------
        pandas.DataFrame
            A row a spike, with ``population``, a category; ``trial``, its number; ``unit``; and ``time``, in seconds
            since the start of the trial. Populations follow each other, and within them trials, times and units.

        Raises
        ------
        InputError
            If the table would not fit into memory.
        """
        from bnsim.recording.labelled import spike_table

        return spike_table(self._recording)

    def to_xarray(self, *, positions: Mapping[str, ArrayLike] | None = None) -> xr.DataTree:
        """Return counts, traces and weights as labelled arrays.

        Parameters
        ----------
        positions : mapping of str to array_like, shape (n_units, n_dimensions), optional
            For populations, where their units lie: quantities of Brian2, or plain metres, such as
            ``{"E": state.positions("E")}``. They become the coordinates
            ``position_x``, ``position_y`` and ``position_z`` of the units.

        Returns
        -------
        xarray.DataTree
            ``tree["E/v/v"]`` is the variable v of population E, with the dimensions ``trial``, ``time`` and ``unit``;
            ``tree["E/counts/counts"]`` its numbers of spikes, with ``trial`` and ``unit``;
            ``tree["E_to_I/weights/weights"]`` the weights of a projection, with ``trial``, ``time`` and ``synapse``.
            Coordinates are the numbers of trials and units, and times in seconds; ``units`` in the attributes is the
            SI unit. Each array has a node of its own, since each may have been sampled at other times and units.

        Raises
        ------
        InputError
            If xarray is not installed, or positions do not fit.

        Notes
        -----
        Spikes are no array on a grid: `to_pandas` returns them. What is mapped from disk stays so.
        """
        culprit = "Recording.to_xarray"
        places = _checked_positions(f"{culprit}(positions)", self._recording, positions or {})
        with_extra(culprit, "xarray", "xarray", "xarray")  # needed below
        from bnsim.recording.labelled import tree

        return tree(self._recording, places)


_LABELS = {
    "source_script": "bnsim.Recording.to_nwb",
    "source_script_file_name": "bnsim",
}
"""What every file of `to_nwb` says of itself. It has no keywords, which Neo 0.14 cannot read."""


def _nwb(culprit: str, module: str) -> Any:
    """A module of this package that needs pynwb."""
    return with_extra(culprit, f"bnsim.recording.{module}", "pynwb", "nwb")


def _foreign(path: str | Path, error: Exception) -> InputError:
    return InputError(
        f"Recording.from_nwb: cannot read {path} ({first_line(error)}); give a file written by Recording.to_nwb"
    )


def _checked_positions(culprit: str, recording: Recording, positions: Mapping[str, ArrayLike]) -> dict[str, FloatArray]:
    """Positions of populations whose spikes were recorded, in metres."""
    found = {}
    for name, given in positions.items():
        size = recording.populations[known_population(culprit, name, recording.populations)]
        where = np.array(given, float)
        if where.ndim != 2 or len(where) != size or not 1 <= where.shape[1] <= 3:
            raise InputError(
                f"{culprit}: of shape {where.shape} for the {size} units of {name!r}; give (n_units, n_dimensions)"
            )
        found[name] = where
    return found
