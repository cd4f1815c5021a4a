"""The recipe of every linear head: pictures, labels and groups in; weights, operating points and a card out.

``python -m imaging.training.head --task NAME --data DIR --labels CSV --group COLUMN [--out FOLDER]``, ``--pack NAME``
or ``--data FILE.npz --classes normal,pneumonia --no-groups`` for a file in MedMNIST's form. With a held-out part
(``val`` in the npz) figures are measured there; without one they are those out of fold, and the card says so.
"""

from imaging.local_models import LICENCE as LOCAL
from imaging.training.head.command import main
from imaging.training.head.disturbed import disturbed, moved, shifted, shifts, unseen
from imaging.training.head.figures import Measured, figures
from imaging.training.head.fit import Fitted, bootstraps, fit_all, judged, out_of_fold
from imaging.training.head.recipe import Purpose, Recipe, copies_of, features, rows_of, sized
from imaging.training.head.train import Trained, calibrated, shifted_limits, train

__all__ = [
    "LOCAL", "Fitted", "Measured", "Purpose", "Recipe", "Trained", "bootstraps", "calibrated", "copies_of", "disturbed",
    "features", "figures", "fit_all", "judged", "main", "moved", "out_of_fold", "rows_of", "shifted", "shifted_limits",
    "shifts", "sized", "train", "unseen",
]  # fmt: skip
