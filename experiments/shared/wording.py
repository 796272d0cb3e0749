"""Numbers in words, and the sentences that several studies have in common."""

from __future__ import annotations

from bnsim.errors import InputError
from experiments.run_directory import Run
from experiments.shared.stored import Entry, differences, entries, summaries
from experiments.spec import Metric

CONFIDENCE = "95\N{NO-BREAK SPACE}%"
_BYTES = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B"))


def number(value: float, unit: str, *, signed: bool = False) -> str:
    """Format a value with its unit.

    Parameters
    ----------
    value
        The value.
    unit
        Its unit; fractions are written in per cent, and bytes with a decimal prefix.
    signed
        Whether positive values get a sign, too.

    Returns
    -------
    str
        Number and unit, joined by no-break spaces.
    """
    plain = _plain(value, unit, "+" if signed else "")
    return plain.replace("-", "−").replace(" ", "\N{NO-BREAK SPACE}")


def _plain(value: float, unit: str, sign: str) -> str:
    if unit == "fraction":
        return f"{100 * value:{sign}.2f} %"
    if unit == "percentage points":
        return f"{value:{sign}.2f} points"
    if unit == "byte":
        scale, name = next((scale, name) for scale, name in _BYTES if abs(value) >= scale or name == "B")
        return f"{value / scale:{sign}.3g} {name}"
    text = f"{value:{sign},.0f}" if abs(value) >= 100 else f"{value:{sign}.3g}"
    return text + {"count": "", "": "", "ratio": "", "1/s": " per s", "degree": "°"}.get(unit, f" {unit}")


def interval(entry: Entry, *, signed: bool = False) -> str:
    """Format the 95 % interval of a summary entry.

    Parameters
    ----------
    entry
        An entry of the summary.
    signed
        Whether positive values get a sign, too.

    Returns
    -------
    str
        "95.1 to 97.3 %", or a note where there is only one seed.
    """
    if entry["ci_low"] is None:
        return "no interval: one seed"
    low, high = (number(entry[key], entry["unit"], signed=signed) for key in ("ci_low", "ci_high"))
    unit = high.partition("\N{NO-BREAK SPACE}")[2]
    return f"{low.removesuffix(unit).rstrip()} to {high}" if unit else f"{low} to {high}"


def stated(entry: Entry) -> str:
    """Format the mean of a summary entry.

    Parameters
    ----------
    entry
        An entry of the summary.

    Returns
    -------
    str
        The mean with its unit, followed by the interval in brackets where there is one.
    """
    mean = number(entry["mean"], entry["unit"])
    return mean if entry["ci_low"] == entry["ci_high"] else f"{mean} ({interval(entry)})"


def listed(parts: list[str]) -> str:
    """Join parts of a sentence.

    Parameters
    ----------
    parts
        The parts.

    Returns
    -------
    str
        "a", "a and b", "a, b and c"; "" without any.
    """
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def counted(count: int, noun: str) -> str:
    """Word a number of things.

    Parameters
    ----------
    count
        How many.
    noun
        One of them.

    Returns
    -------
    str
        "1 seed", "2 seeds".
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"


def recognised(run: Run, metric: Metric) -> str:
    """Say which firing patterns were recognised.

    Parameters
    ----------
    run
        A stored run.
    metric
        A metric with the facts "pattern" and "dt", 1 where a pattern was recognised.

    Returns
    -------
    str
        A sentence.
    """
    found = entries(run, metric)
    missed = [f"{entry['facts']['pattern']} at {entry['facts']['dt']:g} ms" for entry in found if entry["mean"] < 1]
    patterns = len({entry["facts"]["pattern"] for entry in found})
    said = f"All {patterns} patterns were recognised at all time steps"
    return f"{said} but {listed(missed)}." if missed else f"{said}."


def by_model(run: Run, metric: Metric) -> str:
    """Format a metric of all models.

    Parameters
    ----------
    run
        A stored run.
    metric
        A metric of a study that the run carried out.

    Returns
    -------
    str
        "97.2 % (96.5 to 97.9 %) in a and 95.0 % (94.1 to 95.9 %) in b".

    Raises
    ------
    InputError
        If the run holds no value of the metric.
    """
    found = summaries(run, metric)
    if not found:
        raise InputError(f"{run.directory}: holds no {metric.name} of {metric.study}; repeat the run")
    return listed([f"{stated(entry)} in {entry['model']}" for entry in found])


def twin_sentences(run: Run, metric: Metric, samples: str, when: str = "") -> list[str]:
    """Return a sentence for each pair of twins, on how many samples either of them classified correctly.

    Parameters
    ----------
    run
        A stored run.
    metric
        The accuracy.
    samples
        What was classified, e.g. "test samples".
    when
        How the sentences begin, e.g. "Having seen every sample once, ".

    Returns
    -------
    list of str
        None without twins.
    """
    wanted = (metric.study, metric.name)
    found = [entry for entry in differences(run, primary=True) if (entry["study"], entry["metric"]) == wanted]
    means = {entry["model"]: entry for entry in summaries(run, metric)}
    return [_twin_sentence(means, entry, samples, when) for entry in found]


def _twin_sentence(means: dict[str, Entry], entry: Entry, samples: str, when: str) -> str:
    bns, ann = means[entry["model"]], means[entry["twin"]]
    gap = round(entry["difference"], 2)
    direction = "more than" if gap > 0 else "fewer than" if gap < 0 else "as many as"
    amount = f"{abs(gap):.2f} percentage points " if gap else ""
    text = (
        f"{when}{entry['model']} (BNS) classified {number(bns['mean'], 'fraction')} of the {samples} correctly, "
        f"{amount}{direction} its twin {entry['twin']} (ANN) with {number(ann['mean'], 'fraction')}"
    )
    if entry["ci_low"] is None:
        return f"{text}; one seed gives no interval."
    limits = interval(entry, signed=True)
    return (
        f"{text}; the {CONFIDENCE} interval of the difference over {entry['n']} seeds is {limits}{told_verdict(entry)}"
    )


def told_verdict(entry: Entry, of: str = "") -> str:
    """Return the end of a sentence about twins: a full stop, and the verdict if there is one.

    Parameters
    ----------
    entry
        Of the differences in the summary.
    of
        What the verdict is about, where the sentence does not tell.

    Returns
    -------
    str
        ".", or as in ". Verdict: not told apart.".
    """
    about = f"Verdict {of}" if of else "Verdict"
    return "." if entry["ci_low"] is None else f". {about}: {entry['verdict']}."
