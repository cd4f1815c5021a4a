"""The knowledge of the gate: it checks as it stands, and every way of breaking it is refused by name."""

from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest

from retrieval.evidence import Kind
from tools.triage import places
from tools.triage.check import check
from tools.triage.engine import assess, rules
from tools.triage.levels import Level
from tools.triage.lexicon import KnowledgeError, Lexicon
from tools.triage.rules import UNVERIFIED, RuleSource, load

TABLE = """
unresponsive choking breathing_danger severe_asthma bleeding_heavy anaphylaxis chest_pain_now chest_pain_plus
chest_pain_young tearing_pain faint_danger palpitations_plus clot_lung clot_leg limb_threat stroke_signs thunderclap
meningitis_signs seizure new_confusion head_injury_danger head_injury_on_blood_thinner cauda_equina cord_cancer
sepsis_adult fever_on_chemo fever_no_spleen_or_transplant fever_travel skin_fast throat_danger belly_severe
blood_vomit_black_stool cannot_keep_fluids early_pregnancy_danger pregnancy_bleeding preeclampsia_signs pregnancy_bp
less_movement labour after_birth fever_under_3_months fever_3_to_6_months cold_baby child_danger child_fast_breathing
child_dry bilious_vomit_baby swallowed_battery_magnet poisoning caustic_eye opioid_drowsy carbon_monoxide snake_bite
bite_needle_exposure suicide_now suicide_thoughts psychosis_command alcohol_withdrawal ketoacidosis low_sugar
adrenal_crisis heat_stroke vision_loss eye_red_painful flashes_floaters giant_cell testicle_pain cannot_pass_urine
joint_hot major_trauma burn_danger bp_very_high
""".split()
RULE = """
- id: {id}
  level: emergency
  when: {when}
  says: {{{language}: "Short words."}}
  do: {do}
  sources: [{source}]
  seen: false
  checked: 2026-11-21
  status: draft
  fires: ["one", "two", "three", "four"]
  silent: ["five", "six", "seven", "eight"]
"""
GOOD = {"id": "made_up", "when": "fever", "do": "go_now", "source": "house", "language": "en"}
SOURCES = {"house": RuleSource(title="House rule")}


def test_everything_checks() -> None:
    assert check(date(2026, 11, 22)) == ()


def test_an_old_check_date_is_a_problem() -> None:
    problems = check(date(2028, 1, 1))
    assert any("numbers.yaml" in problem for problem in problems)
    assert any("rule stroke_signs" in problem for problem in problems)


def test_every_row_of_the_table_has_its_rule() -> None:
    assert set(TABLE) <= set(rules().by_id)


def test_an_unverified_rule_says_so() -> None:
    for fired in assess("my toddler is choking on a grape and he fainted").fired:
        rule = rules().by_id[fired.rule]
        assert fired.mark == ("seen" if rule.seen else "unverified")
        assert (fired.source == UNVERIFIED) is not rule.seen


def test_every_finding_quotes_held_text() -> None:
    held = rules()
    for rule in held.all:
        finding = rule.finding()
        evidence = finding.evidence[0]
        assert finding.kind is Kind.GUIDELINE
        assert evidence.source.id == f"rule:{rule.id}"
        assert evidence.quote in (held.text(evidence.source.id) or "")
        assert evidence.source.id in held.holding(evidence.quote)
    assert held.text("rule:nothing") is None


def _load(tmp_path: Path, **changes: str) -> object:
    (tmp_path / "made.yaml").write_text(RULE.format(**{**GOOD, **changes}), encoding="utf-8")
    return load(tmp_path, SOURCES)


def test_a_good_rule_loads(tmp_path: Path) -> None:
    assert _load(tmp_path)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"when": "no_such_sign"}, "unknown concept no_such_sign"),
        ({"when": "{all: [fever, no_such_sign]}"}, "unknown concept no_such_sign"),
        ({"when": "{perhaps: [fever]}"}, "none of all, any"),
        ({"when": "{all: []}"}, "none of all, any"),
        ({"when": '"age_days ~ 90"'}, "no comparison"),
        ({"when": '"shoe_size > 9"'}, "unknown number shoe_size"),
        ({"when": "[fever]"}, "no condition"),
        ({"source": "hearsay"}, "unknown source hearsay"),
        ({"do": "pray"}, "no action sentence pray"),
        ({"language": "fr"}, "no English text"),
        ({"id": "Bad Id"}, "made.yaml"),
    ],
)
def test_a_broken_rule_is_refused_by_name(tmp_path: Path, changes: dict[str, str], named: str) -> None:
    with pytest.raises(KnowledgeError, match=r"made\.yaml") as refused:
        _load(tmp_path, **changes)
    assert named in str(refused.value)


@pytest.mark.parametrize(
    "missing",
    [
        "sources: [house]",
        'fires: ["one", "two", "three", "four"]',
        ', "eight"',
        "status: draft",
        "seen: false",
    ],
)
def test_a_rule_without_a_field_is_refused(tmp_path: Path, missing: str) -> None:
    text = RULE.format(**GOOD).replace(missing, "")
    (tmp_path / "made.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"made.yaml, made_up"):
        load(tmp_path, SOURCES)


def test_an_empty_or_unreadable_folder_fails_closed(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="no rules"):
        load(tmp_path, SOURCES)
    (tmp_path / "made.yaml").write_text("- id: [", encoding="utf-8")
    with pytest.raises(KnowledgeError, match="not valid YAML"):
        load(tmp_path, SOURCES)


@pytest.mark.parametrize("pattern", ["<nowhere> pain", "a & b & c & d"])
def test_a_broken_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(KnowledgeError, match="made_up"):
        Lexicon({"concepts": {"made_up": pattern}}, "xx.yaml", frozenset())


def test_patterns_mean_what_they_say() -> None:
    from tools.triage.wording import read

    data = {
        "words": {"pain": "pain, hurt*"},
        "concepts": {
            "near": dedent("chest & <pain>"),
            "gap": "left .. arm",
            "plain": "sore toe",
            "stem": "wobbl* knee",
        },
    }
    lexicon = Lexicon(data, "xx.yaml", frozenset())

    def seen(text: str) -> set[str]:
        return {mention.concept for mention in lexicon.mentions(read(text))}

    assert seen("it hurts in the chest") == {"near"}
    assert seen("chest one two three four five six seven pain") == set()
    assert seen("the left big fat arm") == {"gap"}
    assert seen("left. arm") == set()
    assert seen("sore toe, wobbly knee") == {"plain", "stem"}
    assert seen("sore big toe") == set()


def test_only_seen_numbers_are_shown() -> None:
    assert places.number("GB") == "999 or 112"
    assert places.number("ca", "crisis") == "988"
    assert places.number("CA") is None
    assert "112 in Europe, 911 in North America" in places.sentence("call_ambulance", "CA")
    assert "999 or 112" in places.sentence("call_ambulance", "gb")
    assert places.number("ZZ") is None


def test_rules_are_judged_by_level_first() -> None:
    found = assess("I passed out and my chest is tight and there are new floaters in my eye")
    levels = [fired.level.rank for fired in found.fired]
    assert levels == sorted(levels, reverse=True)
    assert found.level is Level.EMERGENCY
    assert found.first_action == found.fired[0].do
