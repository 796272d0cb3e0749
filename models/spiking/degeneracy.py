"""Whether a spiking network responds to its input at all, and differently to different samples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Counts = Mapping[str, NDArray[np.integer]]
"""Layer -> spikes (n_presentations, n_units)."""

SILENT_SHARE = 0.99
"""Share of the presentations without any spike from which on a layer counts as silent."""


@dataclass
class ResponseSurvey:
    """What the layers of a network did in some presentations, as a running summary.

    Parameters
    ----------
    first : int
        Number of the first presentation that counts; earlier ones are passed over.
    """

    first: int = 0
    shown: int = field(default=0, init=False)
    _active: dict[str, int] = field(default_factory=dict, init=False)
    _in_step: dict[str, int] = field(default_factory=dict, init=False)
    _lowest: dict[str, NDArray[np.integer]] = field(default_factory=dict, init=False)
    _highest: dict[str, NDArray[np.integer]] = field(default_factory=dict, init=False)

    def add(self, number: int, counts: Counts) -> None:
        """Add presentations.

        Parameters
        ----------
        number : int
            Number of the first of them.
        counts : mapping of str to ndarray
            Spikes (n_presentations, n_units) of each layer.
        """
        skipped = max(self.first - number, 0)
        self.shown += max(len(next(iter(counts.values()))) - skipped, 0)
        for name, of_layer in counts.items():
            rows = of_layer[skipped:]
            if len(rows) == 0:
                continue
            lowest, highest = rows.min(axis=0), rows.max(axis=0)
            self._lowest[name] = np.minimum(self._lowest.get(name, lowest), lowest)
            self._highest[name] = np.maximum(self._highest.get(name, highest), highest)
            active = rows.any(axis=1)
            self._active[name] = self._active.get(name, 0) + int(active.sum())
            in_step = active & (rows == rows[:, :1]).all(axis=1)
            self._in_step[name] = self._in_step.get(name, 0) + int(in_step.sum())

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the summary as plain arrays, for storage.

        Returns
        -------
        dict of str to ndarray
            Arrays by name.
        """
        found: dict[str, NDArray[Any]] = {"survey/first": np.array(self.first), "survey/shown": np.array(self.shown)}
        for name in self._active:
            found[f"survey/{name}/spiking"] = np.array([self._active[name], self._in_step[name]])
            found[f"survey/{name}/extremes"] = np.stack([self._lowest[name], self._highest[name]])
        return found

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Make a survey from the arrays of `arrays`.

        Parameters
        ----------
        arrays : mapping of str to ndarray
            Arrays by name; other entries are ignored.

        Returns
        -------
        ResponseSurvey
            The survey.
        """
        survey = cls(int(arrays["survey/first"]))
        survey.shown = int(arrays["survey/shown"])
        for entry in arrays:
            if entry.startswith("survey/") and entry.endswith("/spiking"):
                name = entry.removeprefix("survey/").removesuffix("/spiking")
                survey._active[name], survey._in_step[name] = arrays[entry].tolist()
                survey._lowest[name], survey._highest[name] = arrays[f"survey/{name}/extremes"]
        return survey

    def findings(self, layers: Iterable[str], remedy: str) -> Iterator[str]:
        """Return what is wrong, at most one sentence for each kind of fault.

        Parameters
        ----------
        layers : iterable of str
            Layers to look at, from input to output. A fault of one layer causes those of the next, so the first that
            has it is named.
        remedy : str
            What makes a silent layer fire, in words.

        Yields
        ------
        str
            One line that names the layer and the remedy.
        """
        present = [name for name in layers if name in self._active]
        silent = [name for name in present if self._active[name] <= (1 - SILENT_SHARE) * self.shown]
        if silent:
            spiked = self._active[silent[0]]
            often = f"spiked in only {spiked} of {self.shown} presentations" if spiked else "never spiked"
            yield f"layer {silent[0]!r} {often}, so that samples cannot be told apart; {remedy}"
        uniform = [
            name
            for name in present
            if name not in silent and self.shown > 1 and np.array_equal(self._lowest[name], self._highest[name])
        ]
        if uniform:
            yield (
                f"layer {uniform[0]!r} responded to every sample with the same spike counts; "
                f"give features that differ between samples, or {remedy}"
            )

    def in_step(self, layer: str) -> bool:
        """Return whether all units of a layer fired equally often whenever they fired, in most presentations.

        Parameters
        ----------
        layer : str
            Name of the layer.

        Returns
        -------
        bool
            True in more than half of the presentations in which the layer fired.
        """
        active = self._active.get(layer, 0)
        return active > 0 and 2 * self._in_step[layer] > active
