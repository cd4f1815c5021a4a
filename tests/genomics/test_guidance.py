"""Guidance: both layouts read, rows matched over all genes, ties, what is missing, actions, quotes that are held."""

from __future__ import annotations

import gzip
import json
import runpy
import tarfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genomics.pgx import findings, guidelines, guidelines_archive
from genomics.pgx.guidance import Advice, Advised, action, advise
from genomics.pgx.guidelines import GuidanceBase, GuidanceError, load
from genomics.pgx.held_guidance import GuidanceHolder, pack
from genomics.pgx.plain_text import plain_text
from genomics.pgx.words import CallSource, Diplotype, GeneCall
from retrieval.evidence import Action, Kind

MADE: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("guidance_pack.py")))
POOR, INTERMEDIATE, NORMAL = MADE["POOR"], MADE["INTERMEDIATE"], MADE["NORMAL"]


@pytest.fixture
def base(tmp_path: Path) -> GuidanceBase:
    return load(MADE["version_2"](tmp_path))


def call(gene: str, *pairs: dict[str, Any], source: CallSource = CallSource.VCF) -> GeneCall:
    return GeneCall(gene=gene, source=source, diplotypes=tuple(Diplotype(**pair) for pair in pairs))


def phenotype(gene: str, *words: str) -> GeneCall:
    return call(gene, *({"alleles": (f"*{n}", "*1"), "phenotype": word} for n, word in enumerate(words, 2)))


def scored(gene: str, score: str, word: str = "") -> GeneCall:
    return call(gene, {"alleles": ("*1", "*4"), "activity_score": score, "phenotype": word})


def ask(base: GuidanceBase, drug: str, *calls: GeneCall) -> Advice:
    (advice,) = advise(calls, [drug], base)
    return advice


def test_html_becomes_lines_with_every_word_kept() -> None:
    html = "<p>Use &lt;75&nbsp;mg</p><ul><li>once\nonly</li><li><em>or</em> <b>twice</b></li></ul><td>a</td><td>b</td>"
    assert plain_text(html) == "Use <75 mg\n- once only\n- or twice\na | b"
    assert plain_text("<script>alert(1)</script><p onclick='x'>said</p>") == "said"


@given(st.lists(st.text(st.characters(categories=("L", "N")), min_size=1), min_size=1, max_size=8))
def test_words_keep_their_order_whatever_wraps_them(words: list[str]) -> None:
    html = "".join(f"<p><strong>{word}</strong></p>" for word in words)
    assert plain_text(html).split() == " ".join(words).split()


def test_both_layouts_hold_the_same_rows(base: GuidanceBase, tmp_path: Path) -> None:
    other = load(MADE["version_3"](tmp_path))
    assert [row.held_text.splitlines()[1:] for row in other.rows] == [
        row.held_text.splitlines()[1:] for row in base.rows
    ]
    assert (base.version, other.version) == ("ClinPGx 2024-01-01", "ClinPGx 2025-11-05")
    assert "2025-11-05" in other.guidelines[0].version


def test_every_population_is_given_and_no_recommendation_is_a_result_of_its_own(base: GuidanceBase) -> None:
    advice = ask(base, "MADEUPRIL besylate", phenotype("CYP2C19", INTERMEDIATE))
    assert advice.outcome is Advised.GUIDANCE
    assert [(one.population, one.gives_none) for one in advice.guidance] == [
        ("adults", False),
        ("children", True),
    ]
    assert advice.guidance[0].strength == "Strong"
    assert advice.guidance[0].looked_up == (("CYP2C19", INTERMEDIATE),)
    assert advice.guidance[0].pmids == ("123",)
    assert advice.guidance[0].source.licence.startswith("CC BY-SA 4.0")


def test_only_no_recommendation_is_said_to_be_none(base: GuidanceBase) -> None:
    rows = [row for row in base.rows if row.population == "children"]
    alone = GuidanceBase(base.guidelines, rows, name="made", version="1")
    assert ask(alone, "madeupril", phenotype("CYP2C19", INTERMEDIATE)).outcome is Advised.NO_RECOMMENDATION


def test_a_tie_gives_the_guidance_of_each_and_says_so(base: GuidanceBase) -> None:
    advice = ask(base, "madeupril", phenotype("CYP2C19", POOR, NORMAL))
    assert len(advice.guidance) == 2
    assert advice.ties == (("CYP2C19", ("*2/*1", "*3/*1")),)
    assert "*2/*1, *3/*1" in " ".join(findings.remarks(advice))


def test_a_tie_with_one_meaning_gives_it_once(base: GuidanceBase) -> None:
    assert len(ask(base, "madeupril", phenotype("CYP2C19", POOR, POOR)).guidance) == 1


def test_a_row_for_the_very_diplotype_goes_before_the_phenotype(base: GuidanceBase) -> None:
    one = call("CYP2C9", {"alleles": ("*2", "*1"), "phenotype": INTERMEDIATE})
    other = call("CYP2C9", {"alleles": ("*1", "*3"), "phenotype": INTERMEDIATE})
    assert [given.text for given in ask(base, "warfarin", one).guidance] == ["NO action."]
    assert [given.text for given in ask(base, "warfarin", other).guidance] == ["Use 65%."]
    assert ask(base, "warfarin", one).guidance[0].looked_up == (("CYP2C9", "*1/*2"),)


def test_all_genes_of_a_row_must_match_and_an_uncalled_one_is_no_result(base: GuidanceBase) -> None:
    poor = phenotype("CYP2C19", POOR)
    assert [one.text for one in ask(base, "twogenine", poor, scored("CYP2D6", "1.0")).guidance] == [
        "Halve it."
    ]
    alone = ask(base, "twogenine", poor)
    assert [one.text for one in alone.guidance] == ["CYP2D6 unknown."]
    assert alone.missing_genes == ("CYP2D6",)
    assert "also ask for CYP2D6" in " ".join(findings.remarks(alone))


@pytest.mark.parametrize(
    ("score", "text"),
    [
        ("≥3.0", ["Too fast."]),
        ("3.0", ["Too fast."]),
        ("4.25", ["Too fast."]),
        ("≥5.0", ["Far too fast."]),
        ("7.0", ["Far too fast."]),
        ("2.75", []),
        ("n/a", ["Unclear."]),
    ],
)
def test_scores_match_as_text_and_high_ones_by_their_edge(
    base: GuidanceBase, score: str, text: list[str]
) -> None:
    assert [one.text for one in ask(base, "twogenine", scored("CYP2D6", score)).guidance] == text


def test_a_phenotype_that_stands_for_several_scores_gets_the_guidance_of_each(base: GuidanceBase) -> None:
    word = "Ultrarapid Metabolizer"
    pairs = ({"alleles": (), "phenotype": word, "activity_score": score} for score in ("2.5", "≥3.0", "≥5.0"))
    advice = ask(base, "twogenine", call("CYP2D6", *pairs, source=CallSource.STATED))
    assert [one.text for one in advice.guidance] == ["Too fast.", "Far too fast."]
    assert advice.ties == ()  # no diplotype was named between which to choose


@pytest.mark.parametrize(
    ("pair", "text"),
    [
        ({"alleles": ("*57:01", "*15:02")}, ["Rashamab is not recommended"]),
        ({"alleles": ("*57:01:01:01", "*08:01")}, ["Rashamab is not recommended"]),
        ({"alleles": ("*07:02", "*08:01")}, ["Use it."]),
        ({"alleles": ("*07:02",)}, []),
        ({"alleles": (), "phenotype": "*57:01 negative"}, ["Use it."]),
        ({"alleles": ("*57:01",), "phenotype": "*57:01 negative"}, ["Use it."]),
        ({"alleles": (), "lookup_key": "*15:02 negative; *57:01 positive"}, ["Rashamab is not recommended"]),
        ({"alleles": ("*57", "*08")}, []),
    ],
)
def test_hla_goes_by_presence_and_one_typed_allele_excludes_nothing(
    base: GuidanceBase, pair: dict[str, Any], text: list[str]
) -> None:
    assert [one.text for one in ask(base, "rashamab", call("HLA-B", pair)).guidance] == text


_CALLS = (
    phenotype("CYP2C19", POOR),
    scored("CYP2D6", "1.0"),
    call("CYP2C9", {"alleles": ("*1", "*2"), "phenotype": INTERMEDIATE}),
    call("HLA-B", {"alleles": ("*57:01", "*08:01")}),
    phenotype("NAT2", POOR),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.permutations(_CALLS), st.permutations(("madeupril", "warfarin", "twogenine", "rashamab", "aspirin"))
)
def test_neither_the_order_of_calls_nor_of_drugs_matters(
    base: GuidanceBase, calls: list[GeneCall], drugs: list[str]
) -> None:
    told = {advice.asked: set(advice.guidance) for advice in advise(calls, drugs, base)}
    assert told == {drug: set(ask(base, drug, *_CALLS).guidance) for drug in drugs}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sets(st.sampled_from(_CALLS), min_size=1))
def test_a_gene_that_no_row_asks_for_changes_nothing(base: GuidanceBase, calls: set[GeneCall]) -> None:
    asked = [one for one in calls if one.gene in ("CYP2D6", "CYP2C19")]
    assert ask(base, "twogenine", *calls).guidance == ask(base, "twogenine", *asked).guidance


def test_what_is_missing_is_told_apart_from_what_is_not_covered(base: GuidanceBase) -> None:
    assert ask(base, "aspirin", phenotype("CYP2C19", POOR)).outcome is Advised.NOT_COVERED
    needs = ask(base, "madeupril", phenotype("CYP2B6", POOR))
    assert (needs.outcome, needs.missing_genes) == (Advised.NEEDS_GENE, ("CYP2C19",))
    silent = ask(base, "madeupril", phenotype("CYP2C19", "Indeterminate"))
    assert silent.outcome is Advised.NOT_COVERED
    assert "CYP2C19 Indeterminate" in silent.note
    algorithm = ask(base, "algorithmin", phenotype("VKORC1", "-1639 AG"))
    assert algorithm.outcome is Advised.NOT_COVERED
    assert algorithm.without_row[0].url == "https://guidance.test/PA0000005"


def test_the_action_comes_from_the_marks_and_not_from_words_alone(base: GuidanceBase) -> None:
    acted = {row.id: action(_given(base, row.id)) for row in base.rows}
    assert acted["PA000000011"] is Action.AVOID
    assert acted["PA000000012"] is Action.CHANGE
    assert acted["PA000000014"] is Action.INFORM  # "avoid nothing", without a mark
    assert acted["PA000000041"] is Action.AVOID
    assert acted["PA000000032"] is Action.CHANGE


def _given(base: GuidanceBase, number: str) -> Any:
    row = next(row for row in base.rows if row.id == number)
    calls = [
        call(
            gene,
            {"alleles": ("*a", "*b"), "phenotype": key}
            if isinstance(key, str)
            else {"alleles": tuple(name for name, _ in key)},
        )
        for gene, (key,) in row.keys.items()
        if key != guidelines.NO_RESULT
    ]
    found = ask(base, row.drug, *calls).guidance
    return next(one for one in found if one.source.id.endswith(number))


def test_a_finding_quotes_the_recommendation_as_it_is_held(base: GuidanceBase) -> None:
    given = ask(base, "madeupril", phenotype("CYP2C19", INTERMEDIATE)).guidance[0]
    finding = findings.of_guidance(given)
    assert finding.kind is Kind.GUIDELINE
    assert finding.certainty == "Strong"
    assert (
        finding.statement
        == "CPIC on madeupril for CYP2C19 Intermediate Metabolizer (adults): Use 75 mg & watch."
    )
    evidence, row = finding.evidence
    assert evidence.quote == "Use 75 mg & watch."
    assert row.quote == "Looked up under: CYP2C19 Intermediate Metabolizer"
    assert row.quote in (base.text(row.source.id) or "")
    assert evidence.quote in (base.text(evidence.source.id) or "")
    assert base.holding(evidence.quote) == (evidence.source.id,)
    assert base.text("pack:pharmcat-guidance:PA0000005") == base.guidelines[4].about


def test_a_long_recommendation_is_cut_after_a_sentence() -> None:
    text = "One short sentence. " * 60
    said = findings.recommendation(text)
    assert len(said) <= findings.LONGEST
    assert said.endswith("sentence.")
    assert said in text


def test_patients_get_no_recommendation_and_no_dose(base: GuidanceBase) -> None:
    advice = ask(base, "madeupril", phenotype("CYP2C19", INTERMEDIATE))
    (told,) = findings.for_patient(advice, base)
    assert "75" not in told.model_dump_json()
    assert "Ask your doctor or pharmacist" in told.statement
    assert told.evidence[0].quote in (base.text(told.evidence[0].source.id) or "")


def test_the_holder_finds_the_pack_and_the_starter(tmp_path: Path) -> None:
    holder = GuidanceHolder(tmp_path)
    assert holder.text("pack:pharmcat-guidance:PA000000011") is None
    MADE["version_2"](tmp_path)
    assert "Avoid madeupril" in (holder.text("pack:pharmcat-guidance:PA000000011") or "")
    assert holder.text("card:anything") is None
    assert "pack:pharmcat-guidance:PA000000011" in holder.holding("Avoid madeupril")
    assert any(name.startswith("fact:pgx:") for name in holder.holding("Abacavir is not recommended."))


@pytest.mark.parametrize(
    "content",
    ["", "{", '{"guidelines": 3}', '{"guidelines": [{"recommendations": []}]}', '{"guidelines": [7]}', "[]"],
)
def test_a_broken_file_says_what_is_wrong(tmp_path: Path, content: str) -> None:
    file = tmp_path / "prescribing_guidance.json"
    file.write_text(content)
    with pytest.raises(GuidanceError, match=r"prescribing_guidance\.json"):
        load(file)


def test_an_unreadable_key_is_counted_and_never_matched(tmp_path: Path) -> None:
    made = json.loads(json.dumps(MADE["GUIDELINES"][:1]))
    made[0]["recommendations"][0]["lookupKey"] = {"CYP2C19": ["Poor Metabolizer"]}
    file = tmp_path / "prescribing_guidance.json.gz"
    file.write_bytes(gzip.compress(json.dumps({"guidelines": made}).encode()))
    base = load(tmp_path)
    assert base.unread == 1
    assert ask(base, "madeupril", phenotype("CYP2C19", POOR)).outcome is Advised.NOT_COVERED


@pytest.mark.parametrize("layout", ["version_2", "version_3"])
def test_guidance_is_taken_out_of_a_release_archive(tmp_path: Path, layout: str) -> None:
    root = (
        tmp_path / "PharmCAT-9" / "src" / "main" / "resources" / "org" / "pharmgkb" / "pharmcat" / "reporter"
    )
    root.mkdir(parents=True)
    if layout == "version_3":
        MADE["version_3"](root)
    else:
        (root / "guidelines").mkdir()
        for number, one in enumerate(MADE["GUIDELINES"]):
            (root / "guidelines" / f"{number}.json").write_text(json.dumps(one))
    archive = tmp_path / "release.tar.gz"
    with tarfile.open(archive, "w:gz") as release:
        release.add(tmp_path / "PharmCAT-9", "PharmCAT-9")
    guidelines_archive.prepare(archive, tmp_path / "ready" / "guidance")
    base = pack(tmp_path / "ready")
    assert base is not None
    assert len(base.rows) == 13
    assert [path.name for path in (tmp_path / "ready").iterdir()] == ["guidance"]


def test_an_archive_without_guidance_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    archive = tmp_path / "release.tar.gz"
    with tarfile.open(archive, "w:gz") as release:
        release.add(tmp_path / "a.txt", "PharmCAT-9/a.txt")
    with pytest.raises(GuidanceError, match="no prescribing guidance"):
        guidelines_archive.prepare(archive, tmp_path / "ready")
    archive.write_bytes(archive.read_bytes()[:40])
    with pytest.raises(GuidanceError, match="readable"):
        guidelines_archive.prepare(archive, tmp_path / "ready")
    assert not (tmp_path / "ready").exists()
