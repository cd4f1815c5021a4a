"""A model is shown the tools that can do something now: none that wants a file or a paper which is not there."""

from __future__ import annotations

from assistant.answer import Role
from assistant.middleware.offer import _usable
from assistant.turn import Turn, TurnInput
from retrieval.evidence import Depth, Evidence, Finding, Kind, Source, found
from tools.registry import Attached, Context, tools


def offered(*kinds: str, pmid: str | None = None) -> set[str]:
    files = {f"file{number}": Attached(kind, "x") for number, kind in enumerate(kinds)}
    given = TurnInput(turn=1, role=Role.CLINICIAN, question="?")
    turn = Turn(given=given, context=Context(attachments=files), answer_id="a", session="s")
    source = Source(id="card:x", title="x", version="1", licence="x", depth=Depth.ABSTRACT, pmid=pmid)
    finding = Finding(statement="x", evidence=(Evidence(source=source, quote="x"),), kind=Kind.LITERATURE)
    turn.results[1] = found(finding, tool="search_literature")
    return {name for name in tools() if _usable(name, turn)}


def test_tools_that_read_a_file_wait_for_one_of_their_kind() -> None:
    assert not {"read_image", "screen_genome"} & offered()
    assert "read_image" in offered("dicom")
    assert "screen_genome" not in offered("dicom")
    assert "screen_genome" in offered("vcf")
    assert {"pgx_guidance", "interpret_variant", "search_literature", "triage"} <= offered()


def test_evidence_is_weighed_once_a_paper_was_found() -> None:
    assert "weigh_evidence" not in offered()
    assert "weigh_evidence" in offered(pmid="12345678")
