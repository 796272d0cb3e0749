"""One error family: each message is one line that names the culprit and the remedy.

The user can correct an `InputError` (exit status 2 of the command line); a `MachineError` is a failure of the machine
(exit status 1).
"""

import difflib
from collections.abc import Iterable

__all__ = ["BnsimError", "InputError", "MachineError"]


class BnsimError(Exception):
    """Base of every error that this project raises on purpose."""


class InputError(BnsimError, ValueError):
    """What was asked for cannot be done: a wrong name, value, unit, shape or file."""


class ForeignPackageError(InputError, ImportError):
    """A package from elsewhere hides one of this project's packages."""


class MachineError(BnsimError, RuntimeError):
    """The machine failed: the disk, the compiler, or a simulation that ended abnormally."""


class DivergenceError(MachineError):
    """A variable of a simulation became NaN or infinite."""


class DegenerateNetworkWarning(UserWarning):
    """A trained network cannot tell samples apart: a layer is silent, or all its cells stand for one class."""


class IneffectiveRuleWarning(UserWarning):
    """A plasticity rule cannot do all that it is for with the neurons that it is given."""


class RoundingWarning(UserWarning):
    """A time is no whole number of time steps, and is rounded to one."""


class SlowBackendWarning(UserWarning):
    """No C++ compiler was found, so that networks are simulated by NumPy, many times slower."""


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message, or a note where it has none.

    Parameters
    ----------
    error : BaseException
        The error.

    Returns
    -------
    str
        The line, or "no message".
    """
    return next(iter(str(error).strip().splitlines()), "no message")


def advice(name: object, known: Iterable[str]) -> str:
    """Return what a message about an unknown name ends with: the nearest name, if one is near, and all that there are.

    Parameters
    ----------
    name : object
        What was given.
    known : iterable of str
        The names that exist.

    Returns
    -------
    str
        "did you mean 'dense'? choose from dense, rate".
    """
    options = list(known)
    near = difflib.get_close_matches(str(name), options, n=1)
    if not options:
        return "there are none"
    question = f"did you mean {near[0]!r}? " if near else ""
    return f"{question}choose from {', '.join(options)}"


def unknown_name(what: str, name: object, known: Iterable[str]) -> InputError:
    """Return the error for an unknown `what` called `name`.

    Parameters
    ----------
    what : str
        Kind of the thing, such as "model".
    name : object
        What was given.
    known : iterable of str
        The names that exist.

    Returns
    -------
    InputError
        To be raised.
    """
    return InputError(f"unknown {what} {name!r}; {advice(name, known)}")
