"""The answer through time: on real digits with small networks, against what is known of the end of a trial."""

from __future__ import annotations

import pytest

from experiments.run_directory import Run
from experiments.spec import Outcome, Subject
from experiments.studies.latency import figure
from experiments.studies.latency import measure as latency
from experiments.studies.latency.measure import _times
from experiments.tasks import load_task

DIGITS = load_task("digits")
FIELD = {"image_shape": (8, 8), "n_filters": 100, "duration": 20.0, "learning_rate": 0.005, "passes": 3}
FILTERS = {"image_shape": (8, 8), "n_filters": 100, "passes": 5}
SMALL = latency.Config(max_train=600, n_measured=150, n_probe=100, points=4, margins=(1, 1000))


def measured(model: str, parameters: dict[str, object], twin: Subject | None = None) -> Outcome:
    return latency.run(SMALL, Subject(DIGITS, model, parameters, 0, twin=twin), lambda done, total: None)


def values(outcome: Outcome, metric: str, condition: str = "") -> dict[int | None, float]:
    return {row.step: row.value for row in outcome.measurements if (row.metric, row.condition) == (metric, condition)}


@pytest.fixture(scope="module")
def field() -> Outcome:
    return measured("receptive-field", FIELD, Subject(DIGITS, "receptive-dense", FILTERS, 0))


def test_times_are_whole_milliseconds_and_end_with_the_trial() -> None:
    assert _times(0.05, 10) == [5, 10, 15, 20, 25, 30, 35, 40, 45, 50]
    assert _times(0.005, 10) == [1, 2, 3, 4, 5]


def test_the_last_answer_is_the_answer(field: Outcome) -> None:
    course, (final,) = values(field, "accuracy_after"), values(field, "final_accuracy").values()
    assert list(course) == [5, 10, 15, 20]
    assert course[20] == final > 0.7
    (reached,) = values(field, "time_to_90").values()
    assert course[int(reached)] >= 0.9 * final
    assert all(accuracy < 0.9 * final for time, accuracy in course.items() if time is not None and time < reached)


def test_a_lead_that_is_never_reached_waits_for_the_end(field: Outcome) -> None:
    assert values(field, "early_exit_time", "margin=1000") == {None: 20}
    assert values(field, "early_exit_accuracy", "margin=1000") == values(field, "final_accuracy")
    assert values(field, "early_exit_time", "margin=1")[None] < 20


def test_first_spikes(field: Outcome) -> None:
    hidden, output = (values(field, "first_spike", f"layer={layer}")[None] for layer in ("hidden", "output"))
    # Six rheobases lift an output neuron over its threshold in the second step: 10 ms ln(6 / 5) is 1.8 ms.
    assert output == pytest.approx(1)
    assert output < hidden < 20
    assert values(field, "first_spike_latency", "layer=hidden")[None] > hidden


def test_a_probe_of_the_hidden_layer_knows_the_digits_at_the_end(field: Outcome) -> None:
    probe = values(field, "probe_accuracy_after", "layer=hidden")
    assert probe[20] > 0.7
    assert list(probe) == [5, 10, 15, 20]


def test_the_same_filters_make_counts_like_activations(field: Outcome) -> None:
    assert values(field, "twin_correlation", "layer=hidden")[20] > 0.8


def test_a_converted_network_comes_to_what_its_source_computes() -> None:
    source = {"hidden": (20,), "passes": 8, "learning_rate": 0.01}
    converted = {**source, "duration": 100, "backend": "numpy"}
    outcome = measured("converted", converted, Subject(DIGITS, "dense", source, 0))
    likeness = values(outcome, "twin_correlation", "layer=hidden_1")
    assert likeness[100] > 0.99  # of 100 steps a count tells an activation to a hundredth of the largest
    assert likeness[25] < likeness[100]
    assert values(outcome, "accuracy_after")[100] == values(outcome, "final_accuracy")[None]


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
