"""What the training through time is told of recurrent spiking cells: dynamics, weights, trials."""

from __future__ import annotations

from dataclasses import dataclass

from bnsim.arrays import FloatArray, LabelArray


@dataclass(frozen=True, eq=False)
class RecurrentDynamics:
    """One time step of recurrent cells and of a leaky read-out, in units of the threshold above rest.

    Parameters
    ----------
    alpha : float
        What is left of a membrane potential after a step.
    rho : float
        What is left of an adaptation of the threshold after a step.
    beta : ndarray, shape (n_cells,)
        What a spike adds to the threshold of its cell, at least 0; with 0 the cell does not adapt.
    kappa : float
        What is left of the read-out after a step.

    Notes
    -----
    With x the graded input, u the membrane potential before a reset, q the threshold above its rest of 1, s the spike,
    a what arrives and y the read-out,

        u(t) = alpha (u(t-1) - s(t-1) + a(t-1))
        q(t) = rho (q(t-1) + beta s(t-1))
        y(t) = kappa (y(t-1) + W_out' s(t-1) + b)
        s(t) = 1 where u(t) > 1 + q(t), else 0
        a(t) = W_in' x(t) + W_rec' s(t)

    for t = 1, 2, ...; all of them are 0 at t = 0, so that an input acts from the second step on.
    """

    alpha: float
    rho: float
    beta: FloatArray
    kappa: float


@dataclass(frozen=True, eq=False)
class RecurrentWeights:
    """All that training changes.

    Parameters
    ----------
    inputs : ndarray, shape (n_inputs, n_cells)
        W_in.
    recurrent : ndarray, shape (n_cells, n_cells)
        W_rec, from the cell of the row to that of the column; 0 on the diagonal.
    output : ndarray, shape (n_cells, n_classes)
        W_out.
    bias : ndarray, shape (n_classes,)
        b.
    """

    inputs: FloatArray
    recurrent: FloatArray
    output: FloatArray
    bias: FloatArray

    @property
    def arrays(self) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """The weights in the order of the fields."""
        return self.inputs, self.recurrent, self.output, self.bias


@dataclass(frozen=True, eq=False)
class RecurrentTrials:
    """Sequences to learn from.

    Parameters
    ----------
    inputs : ndarray, shape (n_trials, n_frames, n_inputs)
        x; a frame is held for one step or several.
    lengths : ndarray of int, shape (n_trials,)
        Frames of each trial, at least 1. What comes later bears on nothing.
    labels : ndarray of int, shape (n_trials, n_frames)
        The read-out unit of the right class of each frame.
    parts : ndarray, shape (n_trials, n_frames)
        Which part each frame has in the loss of its trial, in all 1.
    """

    inputs: FloatArray
    lengths: LabelArray
    labels: LabelArray
    parts: FloatArray

    def __len__(self) -> int:
        return len(self.labels)

    def part(self, start: int, stop: int) -> RecurrentTrials:
        """Return some of the trials.

        Parameters
        ----------
        start, stop : int
            The first, and the one after the last.

        Returns
        -------
        RecurrentTrials
            Those.
        """
        chosen = slice(start, stop)
        return RecurrentTrials(*(array[chosen] for array in vars(self).values()))
