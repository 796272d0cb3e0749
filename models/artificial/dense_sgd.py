"""`dense` trained by plain gradient steps, one sample at a time."""

from __future__ import annotations

import numpy as np

from models.artificial.dense import Dense


class DenseSGD(Dense):
    """Use `Dense` with stochastic gradient descent in its plain form: one sample a step, without momentum.

    Equations: with p the softmax output and L = -ln p_k for a sample of class k, each presentation does

        W -= eta dL/dW        b -= eta dL/db

    in all layers at once. eta falls linearly over the training to `final_rate` of its start. Order, steps and course of
    the learning rate are those of `local-rate` and `three-factor`; what differs is how the change of a hidden weight is
    found. Hidden units are rectified. For initial weights see `Dense`.

    Parameters
    ----------
    hidden : tuple of int
        Units of each hidden layer; () leaves a linear classifier.
    learning_rate : float
        eta of the first presentation.
    final_rate : float
        Last learning rate over the first.
    passes : int
        Presentations of each training sample.
    random_state : None, int or RandomState
        Drives initial weights and order of presentations.

    Raises
    ------
    InputError
        For a parameter out of its range, or a training that diverges.

    References
    ----------
    Rumelhart, Hinton & Williams (1986), Nature 323:533-536, backpropagation; Robbins & Monro (1951), Annals of
    Mathematical Statistics 22:400-407, steps of one sample.
    """

    name = "dense-sgd"
    REFERENCE = "Rumelhart, Hinton & Williams (1986), Nature 323:533-536"

    def __init__(
        self,
        hidden: tuple[int, ...] = (500,),
        learning_rate: float = 0.05,
        final_rate: float = 0.02,
        passes: int = 10,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        super().__init__(
            hidden=hidden,
            optimizer="sgd",
            learning_rate=learning_rate,
            batch_size=1,
            passes=passes,
            random_state=random_state,
        )
        self.final_rate = final_rate

    def _check_parameters(self) -> None:
        super()._check_parameters()
        self._require_positive("final_rate")
