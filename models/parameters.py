"""How an estimator checks its parameters when it is fitted: one line that names culprit and remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from numbers import Integral
from typing import Any, final

import numpy as np
from sklearn.utils import check_random_state

from bnsim.errors import BnsimError, InputError
from models.checks import is_count, is_positive


@contextmanager
def unfitted_on_error(estimator: Any) -> Iterator[None]:
    """Leave an estimator without fitted attributes where an error of this project ends its training.

    Parameters
    ----------
    estimator : estimator
        What is being fitted.

    Yields
    ------
    None
        The training runs inside the context.
    """
    try:
        yield
    except BnsimError:
        for name in [name for name in vars(estimator) if name.endswith("_") and not name.startswith("_")]:
            delattr(estimator, name)
        raise


class ParameterChecks:
    """Mixed into scikit-learn estimators, whose parameters are attributes of the same name."""

    random_state: int | np.random.RandomState | None

    @final
    def _require(self, condition: bool, parameter: str, remedy: str) -> None:
        """Raise the InputError of a parameter unless `condition` holds; `remedy` says what to give."""
        if not condition:
            culprit = f"{type(self).__name__}.{parameter}"
            raise InputError(f"{culprit}: got {getattr(self, parameter)!r}; give {remedy}")

    @final
    def _require_one_of(self, parameter: str, options: Iterable[str]) -> None:
        """Raise InputError unless a parameter is one of these names."""
        names = tuple(options)
        self._require(getattr(self, parameter) in names, parameter, f"one of {', '.join(names)}")

    @final
    def _require_count(self, *parameters: str) -> None:
        """Raise InputError unless each of these parameters is an integer of at least 1."""
        for parameter in parameters:
            value = getattr(self, parameter)
            self._require(is_count(value), parameter, "an integer of at least 1")

    @final
    def _require_positive(self, *parameters: str) -> None:
        """Raise InputError unless each of these parameters is a positive finite number."""
        for parameter in parameters:
            value = getattr(self, parameter)
            self._require(is_positive(value), parameter, "a positive finite number")

    @final
    def _drawn_random_state(self) -> int:
        """The integer that `random_state` comes to. Errors: InputError for a negative one."""
        given = self.random_state
        if isinstance(given, Integral) and not isinstance(given, bool):
            self._require(given >= 0, "random_state", "None, a RandomState or an integer of at least 0")
            return int(given)
        return int(check_random_state(given).randint(2**31))
