"""Classifiers where scikit-learn's own tools put them: pipelines, searches, pickles, tables with named columns.

Its checks of single estimators are in the files of the classifiers (`parametrize_with_checks`); they cover clones,
pickles and names of features as well.
"""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from .conftest import Digits, quick


@pytest.mark.slow  # six trainings a classifier
@pytest.mark.filterwarnings("ignore::bnsim.errors.DegenerateNetworkWarning")  # from so few samples
@pytest.mark.parametrize("name", ["receptive-field", "diehl-cook", "dense", "rate"])  # one of each base
def test_a_search_over_a_pipeline(name: str, digits: Digits) -> None:
    X = pd.DataFrame(16 * digits.X[:150], columns=[f"pixel {k}" for k in range(64)])
    y = digits.y[:150]
    pipeline = make_pipeline(MinMaxScaler().set_output(transform="pandas"), quick(name, random_state=0))
    parameter = f"{pipeline.steps[-1][0]}__passes"
    search = GridSearchCV(pipeline, {parameter: [1, 2]}, cv=2, error_score="raise").fit(X, y)
    assert search.best_estimator_[-1].feature_names_in_.tolist() == list(X.columns)
    answers = search.predict(X)
    again = clone(pipeline).set_params(**search.best_params_).fit(X, y)
    np.testing.assert_array_equal(again.predict(X), answers)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(search)).predict(X), answers)
    with pytest.raises(ValueError, match="feature names should match"):
        search.best_estimator_[-1].predict(X[X.columns[::-1]])
