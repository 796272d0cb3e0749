"""A linear probe finds what is there, and nothing where nothing is."""

import numpy as np

from experiments.instruments.probe import probe_accuracy

LABELS = np.repeat(np.arange(4), 25)


def test_a_unit_for_each_class_is_read_without_error() -> None:
    code = 5.0 * (LABELS[:, None] == np.arange(4))
    assert probe_accuracy(code, LABELS, code, LABELS) == 1


def test_noise_is_at_chance() -> None:
    generator = np.random.default_rng(0)
    shares = [
        probe_accuracy(generator.normal(size=(100, 5)), LABELS, generator.normal(size=(400, 5)), np.repeat(LABELS, 4))
        for _ in range(10)
    ]
    # 4000 decisions at chance 1/4: three standard errors are 0.02
    assert abs(np.mean(shares) - 0.25) < 0.02


def test_silent_units_leave_the_most_frequent_class() -> None:
    labels = np.array([0, 1, 1])
    assert probe_accuracy(np.zeros((3, 2)), labels, np.ones((2, 2)), np.array([1, 0])) == 0.5
