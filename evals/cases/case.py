"""What a synthetic patient is: the hidden truth, what can be seen of it, and the gold that follows from it.

Everything is frozen. :class:`Presented` is all that a subject is ever given; ``latent`` and ``gold`` stay with the
harness.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from retrieval.evidence import Text, Word
from retrieval.patient import Patient

SCHEMA = 1
"""Version of the case format; a file of another version is refused."""

Level = Literal["self_care", "routine", "same_day", "emergency"]
LEVELS: tuple[Level, ...] = ("self_care", "routine", "same_day", "emergency")
"""In order, 0 to 3 (evals.md section 6)."""

Sex = Literal["female", "male"]
Role = Literal["patient", "clinician"]
RenderKind = Literal["lay", "note", "fhir", "vcf", "image", "dicom", "pdf", "labs", "chart"]
Effect = Literal["same", "ask", "change", "refuse"]
"""What an operator declares: gold may not change; a fact becomes must-ask; new gold; bad input must be reported."""


def rank(level: Level) -> int:
    """0 for self care to 3 for an emergency."""
    return LEVELS.index(level)


class Person(Word):
    """Who the case is about. ``language`` is ISO 639-1, ``country`` ISO 3166 alpha-2."""

    age_days: Annotated[int, Field(ge=0)]
    sex: Sex
    pregnant: bool = False
    weeks_pregnant: int | None = None
    weight_kg: float
    height_cm: float
    language: str = "en"
    country: str = "GB"
    persona: Literal["plain", "terse", "rambling", "minimising", "anxious"] = "plain"
    literacy: Literal["low", "middle", "high"] = "middle"
    proxy: str = ""
    """Who tells it, where it is not the person: "mother", "husband" ..."""
    name: str = ""

    @property
    def age_years(self) -> float:
        return self.age_days / 365.25


class Measured(Word):
    """A vital sign or laboratory value as it is written down. ``low`` and ``high``: the reference range in ``unit``."""

    name: Text
    """As in :class:`retrieval.patient.Patient`: "creatinine", "potassium", "HR", "SpO2" ..."""
    value: float
    unit: str
    loinc: str = ""
    low: float | None = None
    high: float | None = None


class Drug(Word):
    """A medicine by ingredient."""

    name: Text
    dose: str = ""
    since_days: int | None = None
    proposed: bool = False
    """Not taken yet: the question is whether to start it."""


class Allergy(Word):
    """What is said to be not tolerated, and how it showed."""

    substance: Text
    reaction: str = ""
    true_allergy: bool = True


class DrawnVariant(Word):
    """A variant on a stated build, written into the VCF."""

    gene: str
    name: str
    """HGVS or rsID, as a clinician would write it."""
    build: Literal["GRCh37", "GRCh38"]
    chrom: str
    pos: int
    ref: str
    alt: str
    genotype: str = "0/1"


class Drawn(Word):
    """A drawn picture: what it is, the seed that makes it again, and the lesion with its mask."""

    kind: str
    """"fundus", "chest_xray", "photo" ..."""
    seed: int
    lesion: str = ""
    mask: str = ""
    """Id of the mask; the picture maker gives it again from the seed."""


class Latent(Word):
    """The truth of a case, drawn before anything that shows it."""

    person: Person
    condition: str = ""
    """Id in evals/knowledge/conditions; "" where the case is not about a disease."""
    severity: str = ""
    hours: float = 0.0
    """Since onset."""
    comorbid: tuple[str, ...] = ()
    physiology: Mapping[str, float] = {}
    symptoms: Mapping[str, bool] = {}
    """Symptom id to present (True) or truly absent (False)."""
    vitals: Mapping[str, Measured] = {}
    labs: Mapping[str, Measured] = {}
    problems: tuple[str, ...] = ()
    drugs: tuple[Drug, ...] = ()
    allergies: tuple[Allergy, ...] = ()
    diplotypes: Mapping[str, str] = {}
    variants: tuple[DrawnVariant, ...] = ()
    pictures: tuple[Drawn, ...] = ()
    planted: tuple[str, ...] = ()
    """Ids of faults and near misses of evals/knowledge/faults.yaml."""
    egfr: float | None = None
    """True eGFR in mL/min/1.73 m2; creatinine is computed back from it."""
    more: Mapping[str, str] = {}
    """Facts of one suite (the asked calculator, the question of a paper ...)."""


class Link(Word):
    """One step of a reason: a fact, the rule that reads it, who says so, and what it gives."""

    fact: Text
    """A path into the case: "latent.egfr", "latent.drugs.metformin", "latent.symptoms.chest_pressure"."""
    holds: str
    """What must hold of the fact for the rule: "< 30", "present", "= *2/*2". Read by evals.cases.gold."""
    rule: Text
    """Id in evals/knowledge."""
    source: Text
    gives: Text
    """The conclusion: "level=emergency", "blocked=metformin"."""


class Because(Word):
    """Why a gold answer is gold: every link is needed, each fact resolves."""

    conclusion: Text
    links: Annotated[tuple[Link, ...], Field(min_length=1)]


class Span(Word):
    """A red flag and the characters of the first message that tell it."""

    flag: Text
    start: int
    end: int


class DrugGold(Word):
    """What must be said of a drug: avoid it, change it, or nothing (a near miss)."""

    drug: Text
    action: Literal["avoid", "change", "fine"]
    beside: tuple[str, ...] = ()
    """The drug, allergy, gene or laboratory value that is responsible; one of these words must stand beside it."""
    fault: Text


class Matcher(Word):
    """How an argument of a call is compared: equal, contains (case-blind), near (relative tolerance), or any."""

    kind: Literal["equal", "contains", "near", "any"]
    value: str = ""
    tolerance: float = 0.01


class ExpectedCall(Word):
    """A call that a right answer needs. ``order``: calls with a lower number come before those with a higher."""

    tool: Text
    arguments: Mapping[str, Matcher] = {}
    """Dotted path into the arguments: "inputs.age.value"."""
    order: int = 0
    outcomes: tuple[str, ...] = ()
    """Which outcomes are right; empty: any."""


class ValueGold(Word):
    """A number that must be shown."""

    name: Text
    value: float
    unit: str = ""
    tolerance: float = 0.01
    """Relative."""


class VariantGold(Word):
    """Class and codes of a variant as its maker knows them."""

    name: Text
    significance: str = ""
    criteria: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    """Codes that may not be met."""


class Gold(Word):
    """What a right answer holds. An empty field is not asked of this case: its scorers say "not applicable"."""

    level: Level | None = None
    low: Level | None = None
    high: Level | None = None
    """The acceptable interval; never below the same day for an emergency."""
    spans: tuple[Span, ...] = ()
    diagnosis: str = ""
    must_name: tuple[str, ...] = ()
    """Words that must be shown (a dangerous alternative, a fact); "a|b" means one of them."""
    drugs: tuple[DrugGold, ...] = ()
    variant: VariantGold | None = None
    phenotypes: Mapping[str, str] = {}
    """Gene to phenotype."""
    options: tuple[str, ...] = ()
    """One of these may stand first."""
    excluded: tuple[str, ...] = ()
    """Options that may not stand among those offered."""
    values: tuple[ValueGold, ...] = ()
    calls: tuple[ExpectedCall, ...] = ()
    no_tools: tuple[str, ...] = ()
    """Tools that would be wrong to call."""
    sources: tuple[str, ...] = ()
    """One of these source ids (or "pmid:N") must be cited."""
    direction: Literal["", "increased", "decreased", "no difference"] = ""
    forbidden: tuple[str, ...] = ()
    """Strings that may never be shown (canaries, baits, unsafe words); compared case-blind."""
    must_ask: tuple[str, ...] = ()
    """Facts that must be asked for; "age", "unit of creatinine" ..."""
    abstain_or_ask: bool = False
    refuse: bool | None = None
    """True: must refuse or report bad input. False: the harmless twin, must be answered."""
    picture: Mapping[str, str] = {}
    """What must be read of a picture: {"kind": "fundus", "unlike": "yes"} ..."""
    because: tuple[Because, ...] = ()


class File(Word):
    """A file that goes along: its bytes, or (for pictures made on demand) the drawing that makes them."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")

    name: Text
    data: bytes = b""
    drawing: Drawn | None = None


class Rendering(Word):
    """One way in which the truth can be seen."""

    kind: RenderKind
    text: str
    language: str = "en"


class Said(Word):
    """One turn of the person: words, files, or both."""

    text: str
    files: tuple[str, ...] = ()
    """Names in :attr:`Presented.files`."""


class Presented(Word):
    """All that a subject sees. ``id`` tells nothing about the case."""

    id: Text
    role: Role
    country: str = ""
    language: str = "en"
    chart: str = ""
    """What is told about the patient before the first turn."""
    turns: Annotated[tuple[Said, ...], Field(min_length=1)]
    files: tuple[File, ...] = ()
    form: Literal["free", "forced", "interactive"] = "free"
    trouble: str = ""
    """"tool:timeout", "tool:exception", "tool:empty" ...: what the harness breaks around the subject."""


class Slot(Word):
    """A fact that the simulated patient holds and tells only when asked."""

    id: Text
    """A symptom id, or "age", "onset", "pregnant", "weight", "drugs", "allergies" ..."""
    present: bool | None = None
    """For a symptom; None where the answer is words."""
    words: str = ""
    keywords: tuple[str, ...] = ()
    """By which a free question is matched to this slot."""


class Dialogue(Word):
    """How the simulated patient behaves after the first message."""

    slots: tuple[Slot, ...]
    budget: int = 8
    volunteers: tuple[int, str] | None = None
    """(turn, symptom id): told unasked at this turn."""
    seed: int = 0


class Case(Word):
    """One synthetic patient for one suite."""

    schema_version: int = SCHEMA
    id: Text
    suite: Text
    seed: int
    index: int
    base_id: Text
    """The case before perturbation: the cluster."""
    operators: tuple[str, ...] = ()
    effect: Effect = "same"
    stratum: str = ""
    """What shares and weights are counted by: the condition's id, the fault's kind ..."""
    tags: tuple[str, ...] = ()
    """"atypical", "near miss", "unseen wording", "held out" ...: rows of the report."""
    latent: Latent
    patient: Patient = Patient()
    renderings: tuple[Rendering, ...] = ()
    presented: Presented
    dialogue: Dialogue | None = None
    gold: Gold
    weight: float = 1.0
