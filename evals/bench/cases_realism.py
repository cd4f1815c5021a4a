"""How easily a bag of words tells our patients' messages from what others wrote. Reported, no gate (evals.md 3.8).

``python -m evals.bench.cases_realism ../shared/data``: AUC of a logistic regression in five folds, 0.5 where nobody can
tell, 1 where always. Both sides differ in form (a first chat message against a spoken visit or a written history), so
the figure is an upper bound of how artificial the words are. The most telling words are printed.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from evals.cases.make import cases

SEED, FOLDS, WORDS = 31, 5, 3000
_TURN = re.compile(r"\[patient\]\s*(.+?)(?=\n\[|\Z)", re.S)


class Told(NamedTuple):
    """AUC with the number of texts on each side and the words that give ours and theirs away."""

    auc: float
    ours: int
    theirs: int
    our_words: tuple[str, ...]
    their_words: tuple[str, ...]


def aci_bench(data: Path) -> list[str]:
    """What patients say in a recorded visit: the first five turns of more than four words, joined."""
    found = []
    for path in sorted((data / "aci_bench").glob("*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                turns = (" ".join(turn.split()) for turn in _TURN.findall(row.get("dialogue", "")))
                found.append(" ".join(islice((turn for turn in turns if len(turn.split()) > 4), 5)))
    return [text for text in found if text]


def agentclinic(data: Path) -> list[str]:
    """The histories of simulated encounters."""
    with gzip.open(data / "agentclinic/agentclinic_medqa.jsonl.gz", "rt", encoding="utf-8") as rows:
        read = [json.loads(row)["OSCE_Examination"]["Patient_Actor"] for row in rows if row.strip()]
    return [str(one.get("History", "")) for one in read if one.get("History")]


def told(ours: Sequence[str], theirs: Sequence[str]) -> Told:
    """Cross-validated; refuses (ValueError) fewer than ten texts on a side."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import cross_val_predict
    from sklearn.pipeline import make_pipeline

    if min(len(ours), len(theirs)) < 10:
        raise ValueError("fewer than ten texts on one side")
    texts, labels = [*ours, *theirs], [1] * len(ours) + [0] * len(theirs)
    model = make_pipeline(
        CountVectorizer(max_features=WORDS, binary=True),
        LogisticRegression(max_iter=500, class_weight="balanced"),
    )
    shares = cross_val_predict(model, texts, labels, cv=FOLDS, method="predict_proba")[:, 1]
    model.fit(texts, labels)
    names, weights = model[0].get_feature_names_out(), model[1].coef_[0]
    order = weights.argsort()
    return Told(
        float(roc_auc_score(labels, shares)), len(ours), len(theirs),
        tuple(names[place] for place in order[::-1][:12]), tuple(names[place] for place in order[:12]),
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """One row for each body of text that is here; 2 where none is."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    data = Path(given[0]) if given else Path("../shared/data")
    if not (data / "aci_bench").is_dir():
        print(f"not run: {data}/aci_bench is not on this machine")
        return 2
    ours = [
        case.presented.turns[0].text
        for case in cases(400, SEED, mix="balanced", language="en", wording="all")
    ]
    for name, theirs in (
        ("aci_bench patient turns", aci_bench(data)),
        ("agentclinic histories", agentclinic(data)),
    ):
        found = told(ours, theirs)
        print(f"{name}: AUC {found.auc:.3f} ({found.ours} of ours, {found.theirs} of theirs)")
        print(f"  ours: {', '.join(found.our_words)}\n  theirs: {', '.join(found.their_words)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
