"""The answer through time: on real digits with small networks, against what is known of the end of a trial."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.run_directory import Run
from experiments.spec import Outcome, Subject
from experiments.studies.latency import STUDY, figure
from experiments.studies.latency import measure as latency
from experiments.studies.latency.measure import _times
from experiments.tasks.dataset import Dataset
from models.sequences import as_rows
from tests.experiments.digits import DIGITS, FIELD, SMALL, curve, ignore, measurements, tiny, value

FILTERS = {"image_shape": (8, 8), "n_filters": 100, "passes": 5}
CONFIG = tiny(STUDY, n_measured=150, n_probe=100)


def measured(model: str, parameters: dict[str, object], twin: Subject | None = None) -> Outcome:
    return latency.run(CONFIG, Subject(DIGITS, model, parameters, 0, twin=twin), ignore)


@pytest.fixture(scope="module")
def field() -> Outcome:
    return measured("receptive-field", {**FIELD, "passes": 3}, Subject(DIGITS, "receptive-dense", FILTERS, 0))


def test_times_are_whole_milliseconds_and_end_with_the_trial() -> None:
    assert _times(0.05, 10) == [5, 10, 15, 20, 25, 30, 35, 40, 45, 50]
    assert _times(0.005, 10) == [1, 2, 3, 4, 5]


def test_the_last_answer_is_the_answer(field: Outcome) -> None:
    course, final = curve(field, "accuracy_after"), value(field, "final_accuracy")
    assert list(course) == [5, 10, 15, 20]
    assert course[20] == final > 0.7
    reached = value(field, "time_to_90")
    assert course[int(reached)] >= 0.9 * final
    assert all(accuracy < 0.9 * final for time, accuracy in course.items() if time is not None and time < reached)


def test_a_lead_that_is_never_reached_waits_for_the_end(field: Outcome) -> None:
    assert value(field, "early_exit_time", margin=1000) == 20
    assert value(field, "early_exit_accuracy", margin=1000) == value(field, "final_accuracy")
    assert value(field, "early_exit_time", margin=1) < 20


def test_first_spikes(field: Outcome) -> None:
    hidden, output = (value(field, "first_spike", layer=layer) for layer in ("hidden", "output"))
    # Six rheobases lift an output neuron over its threshold in the second step: 10 ms ln(6 / 5) is 1.8 ms.
    assert output == pytest.approx(1)
    assert output < hidden < 20
    assert value(field, "first_spike_latency", layer="hidden") > hidden


def test_a_probe_of_the_hidden_layer_knows_the_digits_at_the_end(field: Outcome) -> None:
    probe = curve(field, "probe_accuracy_after", layer="hidden")
    assert probe[20] > 0.7
    assert list(probe) == [5, 10, 15, 20]


def test_the_same_filters_make_counts_like_activations(field: Outcome) -> None:
    assert curve(field, "twin_correlation", layer="hidden")[20] > 0.8


@pytest.mark.slow
def test_a_converted_network_comes_to_what_its_source_computes() -> None:
    converted = {**SMALL, "duration": 100, "backend": "numpy"}
    outcome = measured("converted", converted, Subject(DIGITS, "dense", SMALL, 0))
    likeness = curve(outcome, "twin_correlation", layer="hidden_1")
    assert likeness[100] > 0.99  # of 100 steps a count tells an activation to a hundredth of the largest
    assert likeness[25] < likeness[100]
    assert curve(outcome, "accuracy_after")[100] == value(outcome, "final_accuracy")


@pytest.mark.slow
def test_sequences_of_unequal_length_keep_their_answers() -> None:
    """Class 1 begins with a large value, and all is known after a frame of 10 ms and the two that the way takes."""
    generator = np.random.default_rng(0)
    y = np.arange(200) % 2
    values = generator.uniform(0, 0.5, (200, 6, 1))
    values[:, 0, 0] += 2.0 * y
    rows = as_rows(values, generator.integers(1, 7, 200))
    task = Dataset("short-and-long", rows, y, ("small", "large"), None, 1.0, sequence_shape=(6, 2))
    parameters = {"sequence_shape": (6, 2), "units": 20, "passes": 3, "learning_rate": 0.3, "backend": "numpy"}
    config = tiny(STUDY, n_measured=40, n_probe=60, points=5)
    outcome = latency.run(config, Subject(task, "eprop", parameters, 0), ignore)
    course = curve(outcome, "accuracy_after")
    # 6 frames, and the two time steps of the way; fifths of that, in whole steps of 10 ms.
    assert list(course) == [20, 30, 50, 60, 80]
    assert course[20] < 0.8 < course[80] == value(outcome, "final_accuracy")
    assert value(outcome, "time_to_90") <= 40
    assert not measurements(outcome, "early_exit_time")  # the readout does not spike


def test_an_artificial_network_has_an_accuracy_and_no_time() -> None:
    outcome = measured("receptive-dense", FILTERS)
    assert {row.metric for row in outcome.measurements} == {"final_accuracy"}


def test_a_run_draws_and_tells_itself(full_run: Run) -> None:
    (drawn,) = figure.draw(full_run).values()
    titles = [ax.get_title(loc="left") for ax in drawn.axes]
    assert titles == ["Decision", "Linear probes", "Early exit", "Likeness to the twin"]
    reached, first = figure.sentences(full_run)
    assert reached.startswith(
        "Accuracy first reached 90\N{NO-BREAK SPACE}% of its final value in receptive-field after"
    )
    assert "hidden of receptive-field at" in first
