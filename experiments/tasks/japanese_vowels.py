"""`japanese-vowels`: nine men say two vowels; who speaks? (UCI, Kudo, Toyama & Shimbo 1999)

Each of the 640 utterances of /ae/ is a sequence of 7 to 29 frames of 12 cepstral coefficients of linear prediction. The
first 270, 30 of each speaker, are for training, the other 370 are the test set, as published. The data come with the
package aeon, an extra.

References
----------
Kudo, Toyama & Shimbo (1999), Pattern Recognition Letters 20:1103-1111. Middlehurst et al. (2024), aeon, JMLR 25(289).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bnsim.packages import with_extra
from experiments.tasks import Task
from experiments.tasks.dataset import Dataset
from experiments.tasks.sequences import of_sequences

N_SPEAKERS = 9


def load(data_dir: Path | None) -> Dataset:
    """Load the utterances, whose channels are standardised.

    Parameters
    ----------
    data_dir
        Not used: the data come with aeon.

    Returns
    -------
    Dataset
        All 640 utterances, the 270 for training first.

    Raises
    ------
    InputError
        If aeon is not installed.
    """
    datasets = with_extra("--task japanese-vowels", "aeon.datasets", "aeon", "sequences")
    parts = [datasets.load_japanese_vowels(split=split) for split in ("train", "test")]
    utterances = [np.asarray(spoken, np.float64).T for X, _ in parts for spoken in X]
    lengths = [len(utterance) for utterance in utterances]
    steps = np.stack([np.pad(spoken, ((0, max(lengths) - len(spoken)), (0, 0))) for spoken in utterances])
    y = np.concatenate([np.asarray(labels).astype(np.int64) for _, labels in parts]) - 1
    return of_sequences(
        "japanese-vowels",
        steps,
        y,
        tuple(f"speaker {number}" for number in range(1, N_SPEAKERS + 1)),
        lengths,
        scaling="standardise",
        n_train=len(parts[0][1]),
    )


TASK = Task("japanese-vowels", "sequences: which of nine men speaks, 640 utterances (needs the extra sequences)", load)
