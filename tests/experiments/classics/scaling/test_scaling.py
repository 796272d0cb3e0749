"""Cost of growing networks: their sizes, slopes, which numbers a repeated run gives again, and a small run."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from experiments.classics.scaling import CLASSIC, Config, figure, measure, synapses
from experiments.collection.numbers import is_reproducible
from experiments.run_directory import Run
from tests.experiments.classics.runs import passed, run_tiny
from tests.experiments.digits import tiny


def test_networks_have_as_many_synapses_as_they_say() -> None:
    assert [synapses(neurons) for neurons in (100, 12_500, 80_000)] == [1000, 15_625_000, 100_000_000]
    state = measure.network(150).compile(backend="numpy").initial_state(key=1)
    assert sum(array.size for name, array in state.items() if name.endswith(".source")) == synapses(150)


@pytest.mark.parametrize(("power", "excess"), [(1.2, 0.2), (0.7, 0.0)])
def test_slopes_are_powers_over_the_largest_hundredth(power: float, excess: float) -> None:
    rows = [CLASSIC["simulation_seconds"](3e-9 * n**power, neurons=n, synapses=n) for n in (10**4, 10**5, 10**6)]
    rows.append(CLASSIC["simulation_seconds"](7.0, neurons=1, synapses=9_999))
    rows += [CLASSIC["peak_memory"](43 * n + 5, neurons=n, synapses=n) for n in (10**4, 10**6)]
    found = {row.metric: row for row in measure.slopes(rows, "simulation_seconds", "synapses")}
    assert found["slope_seconds"].value == pytest.approx(power, abs=1e-9)
    assert found["excess_seconds"].value == pytest.approx(excess, abs=1e-9)
    assert found["slope_memory"].value == pytest.approx(1.0, abs=1e-4)
    assert {tuple(row.facts.values()) for row in found.values()} == {("synapses", 10**6)}


@pytest.mark.parametrize("memory", [(0, 0), (0, 4096)])
def test_networks_that_took_no_memory_have_no_slope_of_memory(memory: tuple[int, int]) -> None:
    rows = [CLASSIC["simulation_seconds"](n / 1e9, neurons=n, synapses=n) for n in (10**4, 10**5)]
    rows += [CLASSIC["peak_memory"](held, neurons=1, synapses=10**power) for power, held in enumerate(memory, start=4)]
    found = [row.metric for row in measure.slopes(rows, "simulation_seconds", "synapses")]
    assert found == ["slope_seconds", "excess_seconds"]


def test_a_repeated_run_is_held_to_what_does_not_depend_on_the_machine() -> None:
    assert {metric.name for metric in CLASSIC.metrics if is_reproducible(metric.name)} == {"state_size", "events"}


def test_sizes_without_a_whole_number_of_inputs_are_refused() -> None:
    with pytest.raises(ValidationError, match="multiple of 50"):
        Config(**{**tiny(CLASSIC).model_dump(), "neurons": (100, 120)})


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_tiny("scaling", tmp_path_factory.mktemp("scaling"))


@pytest.mark.slow
def test_a_small_run_is_held_against_nothing_and_drawn_and_told(run: Run) -> None:
    assert passed(run) == {}
    of_size = run.results[run.results["metric"] == "simulation_seconds"]
    assert [facts["synapses"] for facts in of_size["facts"]] == [1000, 2250]
    assert (of_size["value"] > 0).all()
    (drawn,) = figure.draw(run).values()
    titles = [ax.get_title(loc="left") for ax in drawn.axes]
    assert titles == ["Time", "One synaptic event", "Memory", "Trials of 100 ms"]
    synapses_told, trials_told, largest = figure.sentences(run)
    assert synapses_told.startswith("Up to 2,250 synapses, processor time grows with the power ")
    assert trials_told.startswith("Up to 3 trials, processor time grows with the power ")
    assert largest.startswith("2,250 synapses take ")
