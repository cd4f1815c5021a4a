"""What others published for the MOSES metrics: constants with their source, never measured here.

Two tables of the same repository. The newer one was made on the splits that the pack holds (1.6 million train, 176,000
test, at least 30,000 molecules sampled, three runs); the older one on a quarter of a million train molecules and
10,000 test molecules, and it is the one that the specification quotes.
"""

from __future__ import annotations

from typing import NamedTuple

NEWER = (
    "README of github.com/molecularsets/moses at commit ffbc4dba, seen there; 10.3389/fphar.2020.565644; "
    "1.6 million train molecules"
)
OLDER = "README of github.com/molecularsets/moses at commit 0447c9fa, seen there; 250,000 train molecules"
COLUMNS = (
    "published", "valid", "unique@10k", "novel", "FCD test", "FCD scaffolds", "SNN test", "Frag test", "Scaff test",
    "Scaff scaffolds", "IntDiv (p 1)", "filters",
)  # fmt: skip


class Published(NamedTuple):
    """One row; means of three runs in the newer table. ``novel`` is None where the table has none."""

    method: str
    valid: float
    unique_10k: float
    novel: float | None
    fcd: float
    fcd_scaffolds: float
    snn: float
    frag: float
    scaff: float
    scaff_scaffolds: float
    internal_diversity: float
    filters: float


NEW = (
    Published("train itself", 1.0, 1.0, None, 0.008, 0.4755, 0.6419, 1.0, 0.9907, 0.0, 0.8567, 1.0),
    Published("HMM", 0.076, 0.5671, 0.9994, 24.4661, 25.4312, 0.3876, 0.5754, 0.2065, 0.049, 0.8466, 0.9024),
    Published("NGram", 0.2376, 0.9217, 0.9694, 5.5069, 6.2306, 0.5209, 0.9846, 0.5302, 0.0977, 0.8738, 0.9582),
    Published("Combinatorial", 1.0, 0.9909, 0.9878, 4.2375, 4.5113, 0.4514, 0.9912, 0.4445, 0.0865, 0.8732, 0.9557),
    Published("CharRNN", 0.9748, 0.9994, 0.8419, 0.0732, 0.5204, 0.6015, 0.9998, 0.9242, 0.1101, 0.8562, 0.9943),
    Published("AAE", 0.9368, 0.9973, 0.7931, 0.5555, 1.0572, 0.6081, 0.991, 0.9022, 0.0789, 0.8557, 0.996),
    Published("VAE", 0.9767, 0.9984, 0.6949, 0.099, 0.567, 0.6257, 0.9994, 0.9386, 0.0588, 0.8558, 0.997),
    Published("JTN-VAE", 1.0, 0.9996, 0.9143, 0.3954, 0.9382, 0.5477, 0.9965, 0.8964, 0.1009, 0.8551, 0.976),
    Published("LatentGAN", 0.8966, 0.9968, 0.9498, 0.2968, 0.8281, 0.5371, 0.9986, 0.8867, 0.1072, 0.8565, 0.9735),
)  # fmt: skip
OLD = (
    Published("CharRNN", 0.9598, 0.9993, None, 0.3233, 0.8355, 0.4606, 0.9977, 0.7964, 0.1281, 0.8561, 0.9920),
    Published("VAE", 0.9528, 0.9992, None, 0.2540, 0.6959, 0.4684, 0.9978, 0.8277, 0.0925, 0.8548, 0.9925),
    Published("AAE", 0.9341, 1.0, None, 1.3511, 1.8587, 0.4191, 0.9865, 0.6637, 0.1538, 0.8531, 0.9759),
    Published("ORGAN", 0.8731, 0.9260, None, 1.5748, 2.4306, 0.4745, 0.9897, 0.7843, 0.0632, 0.8526, 0.9934),
    Published("JTN-VAE", 1.0, 0.9972, None, 4.3769, 4.6299, 0.3909, 0.9679, 0.3868, 0.1163, 0.8495, 0.9566),
)  # fmt: skip


def cells(row: Published) -> tuple[str, ...]:
    """A row as it is printed: under :data:`COLUMNS`."""
    return (row.method, *("–" if value is None else f"{value:.3f}" for value in row[1:]))
