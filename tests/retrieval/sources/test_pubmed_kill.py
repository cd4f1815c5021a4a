"""A pull that is killed outright goes on: nothing is fetched twice and every paper is held once."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from retrieval.stock import Stock

ROOT = Path(__file__).parents[3]
PULL = """
import json, os, signal, sys
from pathlib import Path

import pytest
sys.path.insert(0, sys.argv[1])
import conftest
from retrieval.sources import eutils, pubmed
from retrieval.stock import Stock

folder, how = Path(sys.argv[2]), sys.argv[3]
pubmed.BATCH = 50
service = conftest.Service({str(pmid): conftest.make_record(pmid) for pmid in range(1, 501)})
conftest.plug_in(service, pytest.MonkeyPatch())

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def fetched(pmids):
    with (folder / "fetched.jsonl").open("a") as log:
        print(json.dumps(pmids), file=log, flush=True)
    if how == "fetching" and len(service.fetched) == 4:
        die()

service.on_fetch = fetched

class Mortal(Stock):
    def put(self, documents, collection):
        done = super().put(documents, collection)
        if how == "held, not noted" and len(service.fetched) == 4:
            die()
        return done

stock = Mortal(folder / "literature")
pulled = pubmed.Pubmed("someone@example.org", sleep=service.clock.sleep).pull(stock, "zinc")
print(json.dumps([pulled.found, pulled.added, pulled.held_before, len(service.searches)]))
"""


def pull(folder: Path, how: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PULL, str(Path(__file__).parent), str(folder), how],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
    )


@pytest.mark.parametrize(("how", "came"), [("fetching", 150), ("held, not noted", 200)])
def test_a_killed_pull_fetches_only_the_rest(tmp_path: Path, how: str, came: int) -> None:
    assert pull(tmp_path, how).returncode == -signal.SIGKILL
    stock = Stock(tmp_path / "literature")
    held = {row.id.removeprefix("pubmed:") for row in stock.rows()}
    stock.close()
    assert len(held) == came
    log = tmp_path / "fetched.jsonl"
    log.write_text("")
    second = pull(tmp_path, "to the end")
    assert second.returncode == 0, second.stderr
    fetched = [pmid for line in log.read_text().splitlines() for pmid in json.loads(line)]
    assert json.loads(second.stdout) == [500, 500 - came, came, 0]
    assert not held & set(fetched)
    assert len(fetched) == len(set(fetched)) == 500 - came
    rows = [row.id for row in stock.rows()]
    assert len(rows) == len(set(rows)) == 500
    stock.close()
