"""Small data sets in the shape of the development data, with made text."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retrieval.words import tokens


class HashedWords:
    """A double of the encoder: 384 dimensions of hashed stems. ``texts`` is all that it was asked."""

    name = "double"

    def __init__(self) -> None:
        self.texts: list[str] = []

    def setup(self) -> None: ...

    def encode(self, texts: Sequence[str]) -> Any:
        self.texts += texts
        rows = np.zeros((len(texts), 384), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for token in tokens(text) or ["nothing"]:
                row[int(hashlib.sha256(token.encode()).hexdigest(), 16) % 384] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def encoder() -> HashedWords:
    return HashedWords()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        file.write(text)


def _jsonl(rows: Iterable[Any]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _bioasq() -> list[dict[str, Any]]:
    def snippet(pmid: str, text: str) -> dict[str, str]:
        return {"document": f"http://www.ncbi.nlm.nih.gov/pubmed/{pmid}", "text": text}

    return [
        {
            "id": "q1",
            "body": "Does kalinol slow vermiform fever?",
            "snippets": [
                snippet("11", "Kalinol slowed vermiform fever."),
                snippet("11", "Fever\u2028fell."),
                snippet("12", "Kalinol was safe."),
            ],
        },
        {
            "id": "q2",
            "body": "What is brumosis?",
            "snippets": [snippet("12", "Kalinol was safe."), snippet("13", "Brumosis is a rash.")],
        },
        {"id": "q3", "body": "No snippet at all?", "snippets": []},
    ]


def _articles() -> list[dict[str, Any]]:
    return [
        {
            "pmcid": f"PMC{n}",
            "pmid": str(1000 + n),
            "year": 2010,
            "title": f"{drug} in {disease}",
            "abstract": [
                ["Background", f"{disease.capitalize()} is common. We compared {drug} with placebo."],
                [
                    "Results",
                    f"{drug.capitalize()} reduced pain by 12 points over placebo. Sleep was the same.",
                ],
                ["Conclusions", f"{drug.capitalize()} helps in {disease}."],
            ],
        }
        for n, (drug, disease) in enumerate(
            [("kalinol", "brumosis"), ("torvamide", "lumbitis"), ("peridone", "ocular dearth")], 1
        )
    ] + [{"pmcid": "PMC4", "pmid": None, "year": None, "title": "A title alone", "abstract": []}]


PROMPTS = [
    ("1", "1", "pain", "kalinol", "placebo", ""),
    ("2", "1", "sleep", "kalinol", "placebo", ""),
    ("3", "2", "pain", "torvamide", "placebo", "incorrect"),
    ("4", "2", "pain", "torvamide", "placebo", ""),
    ("5", "2", "fever", "peridone", "placebo", ""),
    ("6", "3", "fever", "peridone", "placebo", ""),
    ("7", "99", "pain", "unknown", "placebo", ""),
]


def _prompts() -> str:
    held = StringIO()
    written = csv.writer(held)
    written.writerow(["PromptID", "PMCID", "Outcome", "Intervention", "Comparator", "split", "noise"])
    written.writerows((a, b, c, d, e, "", noise) for a, b, c, d, e, noise in PROMPTS)
    return held.getvalue()


def _labels() -> list[dict[str, Any]]:
    told = {"unanimous": True, "quote_in_abstract": True}
    carried = {
        "prompt_id": "1",
        "pmcid": "PMC1",
        "evidence": ["Kalinol reduced pain by 12 points over placebo"],
    }
    beside = {
        "prompt_id": "2",
        "pmcid": "PMC1",
        "evidence": ["A sentence of the full text that is not held here."],
    }
    split = {"prompt_id": "4", "pmcid": "PMC2", "evidence": carried["evidence"]}
    return [{**told, **carried}, {**told, **beside}, {**told, **split, "unanimous": False}]


def _medquad() -> list[dict[str, Any]]:
    def pair(name: str, source: str, focus: str, qtype: str, cui: str = "") -> dict[str, Any]:
        return {
            "id": name,
            "source": source,
            "collection": source,
            "url": f"https://example.org/{name}",
            "focus": focus,
            "cui": [cui] if cui else [],
            "qtype": qtype,
            "question": f"What are the {qtype} of {focus} ?",
            "answer": f"About the {qtype} of {focus}: it is so.",
        }

    return [
        pair("1", "A", "Shaking palsy", "symptoms", "C1"),
        pair("2", "A", "Shaking palsy", "treatment", "C1"),
        pair("3", "B", "Parken disease", "symptoms", "C1"),
        pair("4", "B", "Parken disease", "causes", "C1"),
        pair("5", "A", "Brumosis", "symptoms"),
        pair("6", "B", "Brumosis", "symptoms"),
        pair("7", "B", "Brumosis", "treatment"),
        pair("8", "A", "Alone", "symptoms", "C2"),
    ]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with every set, small and made."""
    pubmedqa = {
        "21": {
            "QUESTION": "Does kalinol cure brumosis?",
            "CONTEXTS": ["Brumosis is common.", "Kalinol cured nine of ten."],
            "LABELS": ["BACKGROUND", "RESULTS"],
        },
        "22": {
            "QUESTION": "Is torvamide safe?",
            "CONTEXTS": ["Torvamide was given."],
            "LABELS": ["METHODS"],
        },
    }
    _write(tmp_path / "mirage/bioasq_7b_9b.jsonl.gz", _jsonl(_bioasq()))
    _write(tmp_path / "pubmedqa/pubmedqa_dev500.json.gz", json.dumps(pubmedqa))
    _write(tmp_path / "evidence_inference/articles.jsonl.gz", _jsonl(_articles()))
    _write(tmp_path / "evidence_inference/prompts.csv.gz", _prompts())
    _write(tmp_path / "evidence_inference/labels.jsonl.gz", _jsonl(_labels()))
    _write(tmp_path / "medquad/medquad_answers.jsonl.gz", _jsonl(_medquad()))
    return tmp_path
