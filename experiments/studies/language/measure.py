"""Ask a trained network and n-grams for the next character, and let the network write."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bnsim.arrays import FloatArray
from experiments.shared.answers import LEAST_PROBABILITY, true_probabilities
from experiments.shared.fitted import fitted
from experiments.spec import Measurement, Outcome, Progress, Subject
from experiments.studies.language import NETWORK, STUDY, TEXT, Config
from experiments.studies.language.n_grams import Strings, witten_bell
from experiments.studies.language.writing import continued
from experiments.tasks.dataset import Samples
from models.capabilities import Probabilistic
from models.sequences import SequenceShape, as_symbols


def run(config: Config, subject: Subject, progress: Progress) -> Outcome:
    """Measure how one trained network with one seed predicts the next character, and n-grams of the same windows.

    Parameters
    ----------
    config
        Options of the study.
    subject
        The model, with its data and its seed.
    progress
        Receives the units of work that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.
    """
    shape, n_symbols = subject.dataset.sequence_shape, len(subject.dataset.classes)
    assert shape is not None
    found = fitted(subject, config.max_train, progress)
    train, test = found.split.train, spread(found.split.held_out, config.n_measured)
    learned, asked = (Strings.of(part.X, part.y, shape) for part in (train, test))
    by_order = witten_bell(learned, asked, n_symbols, config.orders)
    measurements = [STUDY["n_gram_bits"](bits(chances), order) for order, chances in enumerate(by_order, start=1)]
    model = found.model
    if isinstance(model, Probabilistic):
        shares = model.predict_proba(test.X)
        answers = model.classes_[shares.argmax(axis=1)]
        measurements.append(STUDY["bits_per_character"](bits(true_probabilities(shares, model.classes_, test.y))))
        measurements += _written(model, spread(test, config.lines), shape, config, subject.seed, progress)
    else:
        answers = model.predict(test.X)
    measurements.append(STUDY["right"](np.mean(answers == test.y)))
    return Outcome(len(train), len(test), tuple(measurements))


def spread(samples: Samples, number: int) -> Samples:
    """Return samples, evenly spaced.

    Parameters
    ----------
    samples
        Samples in an order.
    number
        How many at most.

    Returns
    -------
    Samples
        All where there are fewer.
    """
    chosen = min(number, len(samples))
    return samples.chosen(np.arange(chosen) * len(samples) // chosen)


def bits(probabilities: FloatArray) -> float:
    """Return the mean of -log2 p.

    Parameters
    ----------
    probabilities
        Of what was the case (sample,).

    Returns
    -------
    float
        In bit.
    """
    return float(-np.mean(np.log2(np.maximum(probabilities, LEAST_PROBABILITY))))


def _written(
    model: Probabilistic, windows: Samples, shape: SequenceShape, config: Config, seed: int, progress: Progress
) -> Iterator[Measurement]:
    starts = [string[:length] for string, length in zip(*as_symbols(windows.X, shape), strict=True)]
    texts = continued(model, starts, shape, config.characters, np.random.default_rng([seed, 0x7E87]), progress)
    for line, (start, written) in enumerate(zip(starts, texts, strict=True)):
        yield from STUDY["symbol"].curve(start, line=line, by=TEXT)
        yield from STUDY["symbol"].curve(written, line=line, by=NETWORK)
