"""One line of the table of bars (imaging spec 7.1), and what a suite is given."""

from __future__ import annotations

from pathlib import Path

from retrieval.evidence import Text, Word


class Row(Word):
    """One figure beside its bar, the prototype's, and a peer or trivial baseline. Texts are ready to print."""

    bar: int | None = None
    """Number of the bar in spec 7.1; None for a floor, a baseline or a figure that the spec does not ask for."""
    measure: Text
    target: str = ""
    """The bar in words, such as ">= .975"; empty where there is none."""
    ours: Text
    """The figure with n and 95 % interval, or why there is none."""
    met: bool | None = None
    """None: there is no bar, or it was not measured; ``ours`` says which."""
    prototype: str = ""
    beside: str = ""
    """Trivial and classical baselines and the published peer."""
    note: str = ""


class Given(Word):
    """What a suite may use: the development sets, a folder for what takes long, and how much to look at."""

    data: Path
    """Folder with drive/, chasedb1/, eye4_256/ and so on; only read."""
    work: Path
    """Folder that keeps trained folds and features between runs; nothing of it is committed."""
    every: int = 1
    """Take each K-th picture, for a quick look; the rows then say a smaller n."""
    train: bool = False
    """Train what a bar needs and ``work`` does not hold; without it such a row says the command instead."""
