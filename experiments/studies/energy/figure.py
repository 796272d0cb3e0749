"""Figures of the energy study: all networks with floats, and twins with integers."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, NullFormatter

from bnsim.plotting.style import FAINT, INK, style
from experiments.run_directory import Run
from experiments.shared.drawing.curves import plain_numbers
from experiments.shared.stored import Entry, Look, differences, looks, of_model, summaries
from experiments.shared.wording import counted, listed, number, stated, told_verdict
from experiments.spec import Fact, Metric, Plate
from experiments.studies.energy import BREAK_EVEN, STUDY

PLATES = (
    Plate(
        "energy",
        "Energy and operations per answer",
        "Left: estimated energy of one answer, from small to large memory; the open mark is the formula that counts "
        "only arithmetic. Middle: operations for an answer, as performed (filled) and as needed if all units were "
        "active (open). Right: spikes per synapse and answer; beyond the line, a spiking network cannot use less "
        "energy than the same network without spikes (Davidson & Furber 2021).",
    ),
    Plate(
        "energy_quantised",
        "Against a quantised network",
        "A spiking network and its twin with 32-bit floats, and both with integers: weights of 8 bits, and the "
        "activations of the twin rounded to as many levels as a hidden neuron of the spiking network takes spike "
        "counts, without further training. Left: estimated energy of one answer, as above. Right: accuracy on the "
        "measured test samples, with 95 % intervals.",
    ),
)

_FLOATS = 0.45
"""Opacity of what is estimated with floats where integers stand beside it."""


def draw(run: Run) -> dict[str, Figure]:
    """Draw `energy` (every model) and, if twins were quantised, `energy_quantised`.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    figures = {"energy": _all_models(run)}
    pairs = _quantised(run)
    return figures | ({"energy_quantised": _with_integers(run, pairs)} if pairs else {})


def _all_models(run: Run) -> Figure:
    """Draw joules, operations and spikes per synapse of every model."""
    models = looks(run)
    with style():
        figure = Figure(figsize=(7.2, 1.6 + 0.42 * len(models)))
        energy, operations, spikes = figure.subplots(1, 3, sharey=True, width_ratios=[1.2, 1.2, 0.8])
        for row, (model, look) in enumerate(models.items()):
            means = _means(run, model)
            _range(energy, row, look, means)
            done = means["effective_acs"] + means["effective_macs"]
            _mark(operations, done, row, look, filled=True)
            _mark(operations, means["dense"], row, look, filled=False)
            if "spikes_per_synapse" in means:
                _mark(spikes, means["spikes_per_synapse"], row, look, filled=True)
        energy.set(title="Energy", xlabel="An answer (nJ)", xscale="log")
        operations.set(title="Operations", xlabel="Of an answer", xscale="log")
        spikes.set(title="Spikes", xlabel="Of a synapse")
        spikes.axvline(BREAK_EVEN, color=INK, linewidth=0.9, linestyle=(0, (3, 2)))
        spikes.set_xlim(0, max(2.2 * BREAK_EVEN, 1.15 * spikes.get_xlim()[1]))
        operations.xaxis.set_major_formatter(EngFormatter())
        operations.xaxis.set_minor_formatter(NullFormatter())
        _finish(energy, [f"{model} ({look.kind})" for model, look in models.items()])
    return figure


def _with_integers(run: Run, pairs: list[tuple[str, str]]) -> Figure:
    """Draw joules and accuracy of twins, with floats and with integers, four rows for a pair."""
    names: list[str] = []
    with style():
        figure = Figure(figsize=(7.2, 1.5 + 1.35 * len(pairs)))
        energy, accuracy = figure.subplots(1, 2, sharey=True, width_ratios=[1.6, 1.0])
        for model, twin in pairs:
            levels = number(_one(run, STUDY["levels"], model)["mean"], "count")
            kinds = {"spiking": (model, "8-bit weights"), "twin": (twin, f"{levels} levels")}
            for network, (name, precision) in kinds.items():
                look = looks(run)[name]
                faint = {"alpha": _FLOATS}
                _range(energy, len(names), look, _means(run, name), **faint)
                _interval(accuracy, len(names), look, _one(run, STUDY["accuracy"], name), **faint)
                _range(energy, len(names) + 1, look, _integer_means(run, model, network))
                found = _one(run, STUDY["integer_accuracy"], model, network=network)
                _interval(accuracy, len(names) + 1, look, found)
                names += [f"{name} ({look.kind}), floats", precision]
        energy.set(title="Energy", xlabel="An answer (nJ)", xscale="log")
        accuracy.set(title="Accuracy", xlabel="Correct (%)")
        for place in range(4, len(names), 4):
            for ax in (energy, accuracy):
                ax.axhline(place - 0.5, color=FAINT, linewidth=0.8)
        _finish(energy, names)
    return figure


def _finish(energy: Axes, names: list[str]) -> None:
    """Name the rows of a figure whose first panel is that of the energy, and set its grid."""
    energy.set_yticks(range(len(names)), names)
    energy.set_ylim(len(names) - 0.5, -0.5)
    plain_numbers(energy.xaxis)
    energy.xaxis.set_minor_formatter(NullFormatter())
    for ax in energy.figure.axes:
        ax.grid(axis="x", color=FAINT, linewidth=0.5, alpha=0.6)
        ax.tick_params(axis="y", length=0)


def sentences(run: Run) -> list[str]:
    """Describe the energy of an answer, with the verdict on twins, whether there are too many spikes to save any, and
    whether a spiking network needs less than its quantised twin.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    found = [_verdict(run, entry) for entry in differences(run, primary=True) if entry["study"] == STUDY.name]
    if not found:
        costs = [f"{_told_range(_means(run, model))} in {model}" for model in looks(run)]
        found = [f"Estimated energy of an answer: {listed(costs)}."]
    spikes = [f"{stated(entry)} in {entry['model']}" for entry in summaries(run, STUDY["spikes_per_synapse"])]
    if spikes:
        found.append(
            "Spikes per synapse and answer (with more than "
            f"{BREAK_EVEN}, a spiking network cannot use less energy): {listed(spikes)}."
        )
    return [*found, *(_against_quantised(run, model, twin) for model, twin in _quantised(run))]


def _quantised(run: Run) -> list[tuple[str, str]]:
    """Return the twins that were compared with integers, as BNS and ANN; none in a run of before there was that."""
    return [
        (entry["model"], run.manifest["models"][entry["model"]]["twin"]) for entry in summaries(run, STUDY["levels"])
    ]


def _against_quantised(run: Run, model: str, twin: str) -> str:
    ratios = {memory: _one(run, STUDY["integer_energy_ratio"], model, memory=memory) for memory in ("small", "large")}
    own, other = (_integer_means(run, model, network) for network in ("spiking", "twin"))
    accuracies = (
        _one(run, STUDY["integer_accuracy"], model, network="spiking"),
        _one(run, STUDY["integer_accuracy"], model, network="twin"),
        _one(run, STUDY["accuracy"], twin),
    )
    correct, quantised, before = (number(entry["mean"], entry["unit"]) for entry in accuracies)
    levels = number(_one(run, STUDY["levels"], model)["mean"], "count")
    times = [f"{stated(entry)} with {memory} memory" for memory, entry in ratios.items()]
    return (
        f"With integers, an answer of {model} takes {_told_range(own)} ({correct} correct), one of {twin}, quantised "
        f"to as many levels as spike counts take ({levels}), {_told_range(other)} ({quantised} correct, {before} "
        f"with floats). The ratio is {listed(times)}{_told_ratio(ratios)}"
    )


def _told_ratio(ratios: Mapping[str, Entry]) -> str:
    """Return the end of a sentence: whether the spiking network needs less than its quantised twin, by memory."""
    if any(entry["ci_low"] is None for entry in ratios.values()):
        return "; one seed gives no interval."
    needs = {memory: _needs(entry) for memory, entry in ratios.items()}
    seeds = counted(ratios["small"]["n"], "seed")
    if len(set(needs.values())) == 1:
        return f". In these {seeds}, the spiking network {needs['small']}, with either memory."
    told = [f"{need} with {memory} memory" for memory, need in needs.items()]
    return f". In these {seeds}, the spiking network {listed(told)}."


def _needs(ratio: Entry) -> str:
    """Return what the interval of a ratio of energies tells of the spiking network."""
    if ratio["ci_high"] < 1:
        return "needs less than the quantised one"
    return "needs more than the quantised one" if ratio["ci_low"] > 1 else "is not told apart from the quantised one"


def _one(run: Run, metric: Metric, model: str, **facts: Fact) -> Entry:
    """Return the only entry of a metric for this model and these facts."""
    (entry,) = of_model(summaries(run, metric, **facts), model)
    return entry


def _integer_means(run: Run, model: str, network: str) -> dict[str, float]:
    """Return the means over seeds of the energies with integers, by the names of those with floats."""
    names = ("energy_arithmetic", "energy_least", "energy_most")
    return {name: _one(run, STUDY[f"integer_{name}"], model, network=network)["mean"] for name in names}


def _verdict(run: Run, entry: Entry) -> str:
    bns, ann = (_means(run, entry[role]) for role in ("model", "twin"))
    ratios = sorted(bns[metric] / ann[metric] for metric in ("energy_least", "energy_most"))
    least, most = map(_times, ratios)
    return (
        f"An answer of {entry['model']} (BNS) is estimated at {_told_range(bns)}, one of its twin {entry['twin']} at "
        f"{_told_range(ann)}: {least if least == most else f'{least} to {most}'} times as much"
        f"{told_verdict(entry, 'with small memory')}"
    )


def _times(ratio: float) -> str:
    return f"{ratio:.3g}" if ratio < 100 else f"{ratio:,.0f}"


def _told_range(means: dict[str, float]) -> str:
    return f"{number(means['energy_least'], 'nJ')} to {number(means['energy_most'], 'nJ')}"


def _means(run: Run, model: str) -> dict[str, float]:
    """Return the means over seeds of one model, by metric."""
    entries = [entry for metric in STUDY.metrics for entry in summaries(run, metric) if entry["model"] == model]
    return {entry["metric"]: entry["mean"] for entry in entries}


def _range(ax: Axes, row: int, look: Look, means: dict[str, float], alpha: float = 1.0) -> None:
    low, high = means["energy_least"], means["energy_most"]
    ax.plot([low, high], [row, row], color=look.colour, linewidth=5, solid_capstyle="butt", alpha=alpha)
    _mark(ax, means["energy_arithmetic"], row, look, filled=False)


def _interval(ax: Axes, row: int, look: Look, entry: Entry, alpha: float = 1.0) -> None:
    """Draw an accuracy in per cent with its interval, if it has one."""
    if entry["ci_low"] is not None:
        limits = [100 * entry["ci_low"], 100 * entry["ci_high"]]
        ax.plot(limits, [row, row], color=look.colour, linewidth=1.8, alpha=alpha)
    _mark(ax, 100 * entry["mean"], row, look, filled=alpha == 1)


def _mark(ax: Axes, value: float, row: int, look: Look, *, filled: bool) -> None:
    ax.plot(
        [value], [row], marker=look.marker, markersize=6, markeredgecolor=look.colour, linestyle="none",
        markerfacecolor=look.colour if filled else "white",
    )  # fmt: skip
