"""Arrays that are known by identity: what has been sent or checked once need not be sent or checked again."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar, cast

import numpy as np

from bnsim.arrays import is_frozen

T = TypeVar("T")


class Known:
    """For each of some subjects, the arrays that were last noted; only arrays that nobody can change are.

    Notes
    -----
    References are weak: nothing is kept alive, and an array that is gone is not taken for one that has its place.
    """

    def __init__(self) -> None:
        self._noted: dict[Hashable, tuple[weakref.ref[np.ndarray], ...]] = {}
        self._values: dict[Hashable, object] = {}

    def holds(self, subject: Hashable, *arrays: np.ndarray) -> bool:
        """Return whether these very arrays were noted last.

        Parameters
        ----------
        subject : hashable
            What they were noted for.
        *arrays : ndarray
            The arrays, in the same order.

        Returns
        -------
        bool
            False, too, where one could have been changed meanwhile.
        """
        noted = self._noted.get(subject)
        return (
            noted is not None
            and len(noted) == len(arrays)
            and all(reference() is array and is_frozen(array) for reference, array in zip(noted, arrays, strict=True))
        )

    def note(self, subject: Hashable, *arrays: np.ndarray) -> None:
        """Remember arrays, in place of those that were noted before.

        Parameters
        ----------
        subject : hashable
            What for.
        *arrays : ndarray
            The arrays. Where one of them can be changed, nothing is remembered.
        """
        if all(map(is_frozen, arrays)):
            self._noted[subject] = tuple(map(weakref.ref, arrays))
        else:
            self._noted.pop(subject, None)

    def once(self, subject: Hashable, arrays: Sequence[np.ndarray], computed: Callable[[], T]) -> T:
        """Return what follows from some arrays; it is computed where they are others than before.

        Parameters
        ----------
        subject : hashable
            What is computed.
        arrays : sequence of ndarray
            All arrays that it depends on.
        computed : callable
            Computes it, or refuses the arrays by an exception, which is not remembered.

        Returns
        -------
        object
            What `computed` returned for these very arrays.
        """
        if not self.holds(subject, *arrays):
            value = computed()
            self.note(subject, *arrays)
            self._values[subject] = value
            return value
        return cast(T, self._values[subject])

    def forget(self, subjects: Iterable[Hashable]) -> None:
        """Forget what was noted.

        Parameters
        ----------
        subjects : iterable of hashable
            What for; those for which nothing was noted are passed over.
        """
        for subject in subjects:
            self._noted.pop(subject, None)
