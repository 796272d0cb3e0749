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
        # References and value are one entry: threads see both of one array, or both of another.
        self._noted: dict[Hashable, tuple[tuple[weakref.ref[np.ndarray], ...], object]] = {}

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
        return self._found(subject, arrays) is not None

    def _found(self, subject: Hashable, arrays: Sequence[np.ndarray]) -> tuple[object] | None:
        noted = self._noted.get(subject)
        if noted is None or len(noted[0]) != len(arrays):
            return None
        same = (reference() is array and is_frozen(array) for reference, array in zip(noted[0], arrays, strict=True))
        return (noted[1],) if all(same) else None

    def note(self, subject: Hashable, *arrays: np.ndarray) -> None:
        """Remember arrays, in place of those that were noted before.

        Parameters
        ----------
        subject : hashable
            What for.
        *arrays : ndarray
            The arrays. Where one of them can be changed, nothing is remembered.
        """
        self._keep(subject, arrays, None)

    def _keep(self, subject: Hashable, arrays: Sequence[np.ndarray], value: object) -> None:
        if all(map(is_frozen, arrays)):
            self._noted[subject] = tuple(map(weakref.ref, arrays)), value
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
        found = self._found(subject, arrays)
        if found is not None:
            return cast(T, found[0])
        value = computed()
        self._keep(subject, arrays, value)
        return value

    def forget(self, subjects: Iterable[Hashable]) -> None:
        """Forget what was noted.

        Parameters
        ----------
        subjects : iterable of hashable
            What for; those for which nothing was noted are passed over.
        """
        for subject in subjects:
            self._noted.pop(subject, None)
