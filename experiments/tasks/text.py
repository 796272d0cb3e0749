"""Text as strings of symbols: what `next-character` and text files of the user's have in common.

Letters are read in lower case, and everything else between two of them as one blank. A sample is a window of 64
characters, a step one of them, with a channel for each symbol; its class is the character that follows. The windows of
the first part of the text, one after the other, are the training set. Those of the last part, evenly spaced, are the
test set.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bnsim.errors import refuse_path
from bnsim.memory import check_fits
from experiments.tasks.archive import refusal
from experiments.tasks.dataset import Dataset
from experiments.tasks.sequences import of_sequences

WINDOW = 64
"""Characters of a window."""
MOST_TESTED = 10_000
"""Windows of the test set."""
BLANK = "blank"
"""Name of the class that stands for all but letters."""
LEAST_CHARACTERS = 10_000
"""Of a text: some hundred windows to learn from, and about a thousand characters to test on."""
LEAST = 2
"""Times that a symbol comes in the training text, that for validation left aside, with a window before it."""
_VALIDATION = 10
"""One in so many training windows of a file is for validation."""
_NAMED = 30
"""Rare letters that are named."""
_BYTES_A_BYTE = 12.0
"""Memory that a byte of a file takes while it is read, as bytes and as texts of up to four bytes a character."""
_LETTERS = "LM"
"""Unicode's categories of letters, and of the marks that belong to them."""


def folded(text: str) -> str:
    """Return letters in lower case, with one blank for whatever else stands between two of them.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        The text, without a blank at its ends.
    """
    lower = unicodedata.normalize("NFC", text.lower())
    return _replaced(lower, {sign for sign in set(lower) if unicodedata.category(sign)[0] not in _LETTERS})


def load(path: Path) -> Dataset:
    """Load a text of the user's.

    The first nine tenths are for training, the last tenth of their windows for validation. A symbol that fewer than
    `LEAST` windows for training end before has further windows, which do. Symbols that come too rarely for that become
    blanks, and blanks that do are left out, which is said in `Dataset.notes`.

    Parameters
    ----------
    path
        A text in UTF-8.

    Returns
    -------
    Dataset
        The windows.

    Raises
    ------
    InputError
        If the file cannot be read, is no text in UTF-8, or holds too little; the message names it.
    """
    whole = folded(_read(path))
    _check_length(path, whole, "")
    text, rare = _without_rare(whole)
    if len(set(text)) < 2:
        raise refusal(path, "fewer than two symbols that are not rare", "give a text of words")
    _check_length(path, text, ", without those that are rare")
    notes = [f"{len(text):,} characters were read: letters in lower case, and one blank for what is between them"]
    if letters := sorted(rare - {" "}):
        more = f" and {len(letters) - _NAMED} more" if len(letters) > _NAMED else ""
        notes.append(f"letters that are not learned twice were read as blanks: {' '.join(letters[:_NAMED])}{more}")
    n_train = _n_train(text)
    sizes = (n_train, n_train // _VALIDATION, len(text) // 10)
    return windows(path.stem, text, sorted(set(text)), *sizes, tuple(notes), _before_rare(text))


def windows(
    name: str,
    text: str,
    symbols: Sequence[str],
    n_train: int,
    n_validation: int,
    n_tested: int,
    notes: tuple[str, ...] = (),
    further: Sequence[int] = (),
) -> Dataset:
    """Return a text as the data of a task.

    Parameters
    ----------
    name
        Name of the task.
    text
        The text, of these symbols alone.
    symbols
        The symbols, in the order of the channels.
    n_train
        Number of windows to train on.
    n_validation
        How many of them, the last ones, are for validation.
    n_tested
        Length of the last part of the text, of which the test windows are, with the character after each.
    notes
        As `Dataset` says.
    further
        Where further windows for training begin, which come first.

    Returns
    -------
    Dataset
        The windows, those to train on first.

    Raises
    ------
    InputError
        If the windows do not fit into memory.
    """
    n_possible = n_tested - WINDOW
    n_test = min(MOST_TESTED, n_possible)
    spread = len(text) - n_tested + np.arange(n_test) * n_possible // n_test
    starts = np.concatenate([np.array(further, np.int64), WINDOW * np.arange(n_train), spread])
    n_bytes = float(len(starts)) * WINDOW * (len(symbols) + 1) * np.dtype(np.float64).itemsize  # as networks see them
    check_fits(name, n_bytes, "shorten the text")
    places = _places(text, symbols)
    steps = places[starts[:, None] + np.arange(WINDOW)]
    classes = tuple(BLANK if symbol == " " else symbol for symbol in symbols)
    return of_sequences(
        name,
        (steps[:, :, None] == np.arange(len(symbols))).astype(np.uint8),
        places[starts + WINDOW],
        classes,
        n_train=len(further) + n_train,
        n_validation=n_validation,
        notes=notes,
        predict_next=True,
    )


def _replaced(text: str, signs: set[str]) -> str:
    """The text with one blank in the place of these signs, side by side or not, and none at its ends."""
    blanks = str.maketrans(dict.fromkeys(signs, " "))
    return re.sub(" +", " ", text.translate(blanks)).strip()


def _without_rare(text: str) -> tuple[str, set[str]]:
    """The text without symbols that are too rare, and these. Each change moves the windows, and others may be rare."""
    rare: set[str] = set()
    while found := _rare(text):
        text = text.replace(" ", "") if found == {" "} else _replaced(text, found)
        rare |= found
    return text, rare


def _rare(text: str) -> set[str]:
    learned = Counter(text[WINDOW : _learned(text)])
    return {symbol for symbol in set(text) if learned[symbol] < LEAST}


def _before_rare(text: str) -> list[int]:
    """Where windows begin that end before symbols which too few of the windows for training end before."""
    stop = _learned(text)
    followed, starts = Counter(text[WINDOW:stop:WINDOW]), []
    for symbol in sorted(set(text)):
        missing, place = LEAST - followed[symbol], WINDOW - 1
        while missing > 0:
            place = text.index(symbol, place + 1, stop)
            if place % WINDOW > 0:  # else there is a window already
                starts.append(place - WINDOW)
                missing -= 1
    return starts


def _learned(text: str) -> int:
    """Where the text ends that is learned from: that for validation is left aside."""
    n_train = _n_train(text)
    return WINDOW * (n_train - n_train // _VALIDATION) + 1


def _n_train(text: str) -> int:
    """Windows of the first nine tenths, the character after each among these."""
    return max(9 * len(text) // 10 - 1, 0) // WINDOW


def _check_length(path: Path, text: str, which: str) -> None:
    if len(text) < LEAST_CHARACTERS:
        reason = f"{len(text):,} letters and blanks{which}, fewer than {LEAST_CHARACTERS:,}"
        raise refusal(path, reason, "give a longer text (the name of a table ends in .csv or .tsv)")


def _places(text: str, symbols: Sequence[str]) -> NDArray[np.int64]:
    """Each character's place among the symbols."""
    codes, points = (np.frombuffer(part.encode("utf-32-le"), np.uint32) for part in (text, "".join(symbols)))
    order = np.argsort(points)
    return order[np.searchsorted(points[order], codes)]


def _read(path: Path) -> str:
    try:
        check_fits(str(path), _BYTES_A_BYTE * path.stat().st_size, "shorten the text")
        content = path.read_bytes()
    except FileNotFoundError:
        raise refusal(path, "no such file", "give the path of a text, or the name of a task") from None
    except OSError as error:
        refuse_path(error)
        raise refusal(path, f"cannot be read ({error.strerror})", "check the file") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"no text in UTF-8 (byte {error.start} is {content[error.start]:#04x})"
        raise refusal(path, reason, "save it as UTF-8") from None
    if "\0" in text:
        raise refusal(path, "no text, it holds bytes that are zero", "give a text in UTF-8")
    return text
