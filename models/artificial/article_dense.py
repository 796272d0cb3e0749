"""`dense` with the settings of an article that sets an artificial network against a brain-like one."""

from __future__ import annotations

import numpy as np

from models.artificial.dense import Dense


class ArticleDense(Dense):
    """Use `Dense` as the article has it in Keras: 10 and 8 ReLU units and one sigmoid unit.

    Adam on the binary cross-entropy, 10 passes in batches of 32. More than two classes get a softmax unit each and the
    categorical cross-entropy, since one unit cannot tell them apart. Equations and references: see `Dense`.

    Parameters
    ----------
    hidden : tuple of int
        Units of each hidden layer; () leaves a linear classifier.
    activation : str
        Activation function of the hidden layers, by its Keras name.
    optimizer : str
        "adam" or "sgd".
    learning_rate : float
        Of the optimizer.
    batch_size : int
        Presentations averaged for one step.
    passes : int
        Presentations of each training sample.
    random_state : None, int or RandomState
        Drives initial weights and order of presentations.

    Raises
    ------
    InputError
        For a parameter out of its range.
    """

    name = "article-dense"
    DEVIATIONS = ("with more than two classes, softmax instead of the single sigmoid unit",)

    def __init__(
        self,
        hidden: tuple[int, ...] = (10, 8),
        activation: str = "relu",
        optimizer: str = "adam",
        learning_rate: float = 1e-3,
        batch_size: int = 32,
        passes: int = 10,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        super().__init__(
            hidden=hidden,
            activation=activation,
            output="auto",
            optimizer=optimizer,
            learning_rate=learning_rate,
            batch_size=batch_size,
            passes=passes,
            random_state=random_state,
        )
