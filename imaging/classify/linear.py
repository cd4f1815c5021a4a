"""The fit of a linear head: multinomial logistic regression with an L2 penalty."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Linear(NamedTuple):
    """Weights (features x classes) and offsets of one fit, for rows as they are."""

    weights: NDArray[np.float64]
    offsets: NDArray[np.float64]

    def logits(self, rows: ArrayLike) -> NDArray[np.float64]:
        """N x classes."""
        return np.asarray(np.asarray(rows, dtype=np.float64) @ self.weights + self.offsets)


def fit(rows: ArrayLike, labels: ArrayLike, classes: int, strength: float, steps: int = 300) -> Linear:
    """Multinomial logistic regression, classes weighted equally: L2 penalty 1, data term ``strength``.

    Rows are standardised inside; the result takes them as they are. Refuses a class without a case.
    """
    from scipy.optimize import minimize

    raw, truth = np.asarray(rows, dtype=np.float32), np.asarray(labels, dtype=np.int64)
    counts = np.bincount(truth, minlength=classes)
    if len(raw) != len(truth) or len(counts) != classes or not counts.all():
        raise ValueError("each class needs a case, and each case a label")
    centre, scale = raw.mean(axis=0), raw.std(axis=0) + 1e-4
    x, y = (raw - centre) / scale, np.eye(classes, dtype=np.float32)[truth]
    weight = (strength * len(truth) / classes / counts)[truth].astype(np.float32)
    size = x.shape[1] * classes

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        w, b = flat[:size].reshape(-1, classes).astype(np.float32), flat[size:].astype(np.float32)
        z = x @ w + b
        z -= z.max(axis=1, keepdims=True)
        total = np.exp(z).sum(axis=1, keepdims=True)
        slope = (np.exp(z) / total - y) * weight[:, None]
        value = float((weight * (np.log(total[:, 0]) - (z * y).sum(axis=1))).sum(dtype=np.float64))
        pull = np.concatenate([(x.T @ slope).ravel() + flat[:size], slope.sum(axis=0)])
        return value + 0.5 * float((flat[:size] ** 2).sum()), pull.astype(np.float64)

    done = minimize(loss, np.zeros(size + classes), jac=True, method="L-BFGS-B", options={"maxiter": steps})
    weights = done.x[:size].reshape(-1, classes) / scale[:, None]
    return Linear(weights, done.x[size:] - centre @ weights)
