"""One error family: each message is one line that names the culprit and the remedy.

The user can correct an `InputError` (exit status 2 of the command line); a `MachineError` is a failure of the machine
(exit status 1).
"""

import difflib
import errno
from collections.abc import Iterable

from bnsim.printable import printable

__all__ = ["BnsimError", "InputError", "MachineError"]


_LONGEST_COMPARED = 100
"""Length of a name beyond which it is held against no other: that would take time and find none."""

_OF_PATHS = {
    errno.ENAMETOOLONG: "a shorter path",
    errno.ELOOP: "a path without a loop of links",
    errno.EACCES: "a path that you may read and write",
    errno.EROFS: "a path on a disk that can be written to",
}
"""What to give instead of a path that the system refuses."""

_OF_MACHINES = {
    errno.ENOSPC: "free some space",
    errno.EDQUOT: "free some space of your quota",
    errno.EIO: "check the disk",
    errno.EMFILE: "raise the limit of open files (`ulimit -n`)",
    errno.ENFILE: "close other programs, whose open files are too many",
}
"""What to do where another path would be of no use."""


class BnsimError(Exception):
    """Base of every error that this project raises on purpose.

    Its message is printable: names of files and of what they hold are part of messages, and terminals show these.
    """

    def __str__(self) -> str:
        return printable(super().__str__(), keep="\n")


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
    """Without a C++ compiler NumPy simulates, many times slower; that of ziglang builds its library first, once."""


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


def out_of_memory(error: MemoryError) -> MachineError:
    """Return the error of this project for a lack of memory.

    Parameters
    ----------
    error : MemoryError
        What Python or NumPy raised.

    Returns
    -------
    MachineError
        To be raised.
    """
    reason = f" ({first_line(error)})" if str(error) else ""
    return MachineError(f"not enough memory{reason}; choose smaller sizes, fewer samples or fewer workers")


def of_path(error: OSError) -> InputError | None:
    """Return the error of this project for a path that the system refuses as such.

    Parameters
    ----------
    error : OSError
        What the system says.

    Returns
    -------
    InputError or None
        To be raised; None where another path would not help.
    """
    if error.filename is None or error.errno not in _OF_PATHS:
        return None
    return InputError(f"{error.filename}: {error.strerror}; give {_OF_PATHS[error.errno]}")


def of_machine(error: OSError) -> MachineError | None:
    """Return the error of this project for a disk that is full or broken, or for too many open files.

    Parameters
    ----------
    error : OSError
        What the system says.

    Returns
    -------
    MachineError or None
        To be raised; None for any other error.
    """
    if error.errno not in _OF_MACHINES:
        return None
    where = "" if error.filename is None else f"{error.filename}: "
    return MachineError(f"{where}{error.strerror}; {_OF_MACHINES[error.errno]}")


def refuse_path(error: Exception) -> None:
    """Raise the error of this project for a path, where the system has refused one as such.

    Parameters
    ----------
    error : Exception
        What was caught; nothing happens where it says something else.

    Raises
    ------
    InputError
        If another path would help.
    """
    if isinstance(error, OSError) and (refused := of_path(error)) is not None:
        raise refused from None


def unwritten(culprit: str, path: object, error: OSError) -> MachineError:
    """Return the error of this project for a file that could not be written.

    Parameters
    ----------
    culprit : str
        Who writes.
    path : object
        The file.
    error : OSError
        What the system says.

    Returns
    -------
    MachineError
        To be raised.

    Raises
    ------
    InputError
        If another path would help.
    """
    refuse_path(error)
    reason = error.strerror or first_line(error)
    return MachineError(f"{culprit}: cannot write {path} ({reason}); give a folder that exists and has room")


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
    options, given = list(known), str(name)
    near = difflib.get_close_matches(given, options, n=1) if len(given) <= _LONGEST_COMPARED else []
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
