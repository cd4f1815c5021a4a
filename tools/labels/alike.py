"""Words that labels use for one another: the term of a dictionary, the clinician's short form, the lay word.

Common medical synonyms of our own choosing, kept short; a search uses them, no answer says them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from retrieval.words import tokens

_GROUPS = """
fever; pyrexia; raised temperature; febrile
anorexia; decreased appetite; loss of appetite; appetite loss
death; fatal; fatality; mortality; deaths
alanine aminotransferase; alt; sgpt; alanine transaminase; transaminase; liver enzyme
aspartate aminotransferase; ast; sgot; aspartate transaminase; transaminase; liver enzyme
hepatotoxicity; liver injury; hepatic effects; hepatic injury; liver damage; liver toxicity; hepatic toxicity
electrocardiogram; ecg; ekg
qt prolonged; qt prolongation; qtc prolongation; long qt
heart attack; myocardial infarction
stroke; cerebrovascular accident; cva
high blood pressure; hypertension; blood pressure increased
low blood pressure; hypotension
fainting; syncope; passing out; loss of consciousness
itching; pruritus; itch
hives; urticaria
rash; skin eruption; dermatitis; exanthema
hair loss; alopecia
nosebleed; epistaxis
bleeding; haemorrhage; hemorrhage
bruising; contusion; ecchymosis
tiredness; fatigue; asthenia; weakness; lethargy
sleepiness; somnolence; drowsiness; sedation
sleeplessness; insomnia; trouble sleeping
shortness of breath; dyspnoea; dyspnea; breathlessness
swelling; oedema; edema
peripheral oedema; peripheral edema; swelling of legs; oedema peripheral
kidney injury; renal failure; renal impairment; renal injury; kidney failure
low platelets; thrombocytopenia; platelet count decreased
low white cells; neutropenia; leukopenia; neutrophil count decreased; white blood cell count decreased
anaemia; anemia; haemoglobin decreased; hemoglobin decreased
low blood sugar; hypoglycaemia; hypoglycemia
high blood sugar; hyperglycaemia; hyperglycemia; blood glucose increased
low potassium; hypokalaemia; hypokalemia; blood potassium decreased
high potassium; hyperkalaemia; hyperkalemia; blood potassium increased
low sodium; hyponatraemia; hyponatremia; blood sodium decreased
birth defect; congenital anomaly; malformation; teratogenic; embryo-fetal toxicity; foetal harm; fetal harm
miscarriage; spontaneous abortion; abortion spontaneous
seizure; convulsion; fits; epilepsy
joint pain; arthralgia
muscle pain; myalgia
back pain; lumbago; dorsalgia
stomach pain; abdominal pain; belly pain
heartburn; dyspepsia; indigestion
wind; flatulence
mouth sores; stomatitis; oral mucositis; mouth ulceration
common cold; nasopharyngitis; upper respiratory tract infection
runny nose; rhinorrhoea; rhinorrhea
light sensitivity; photophobia
sun sensitivity; photosensitivity
ringing in the ears; tinnitus
spinning; vertigo
blurred vision; vision blurred; visual impairment
numbness; paraesthesia; paresthesia; tingling; hypoaesthesia; hypoesthesia
shaking; tremor
suicidal thoughts; suicidal ideation; suicidality
low mood; depression; depressed mood
blood clot; thrombosis; thromboembolism; thrombotic
deep vein thrombosis; dvt; deep venous thrombosis
pulmonary embolism; pe
anaphylaxis; anaphylactic reaction; anaphylactic; anaphylactoid reaction; severe allergic reaction
allergy; hypersensitivity; allergic reaction
fungal infection; mycotic infection; candidiasis; thrush
urinary tract infection; uti
pneumonia; lung infection
skin cancer; nmsc; non-melanoma skin cancer; basal cell carcinoma; squamous cell carcinoma
weight gain; weight increased
weight loss; weight decreased
increased; elevated; elevation; raised; rise; high; increase
decreased; reduced; reduction; low; decrease; lowered
"""


@cache
def _groups() -> tuple[tuple[tuple[str, ...], ...], ...]:
    lines = (line for line in _GROUPS.strip().splitlines())
    return tuple(tuple(tuple(dict.fromkeys(tokens(phrase))) for phrase in line.split(";")) for line in lines)


def alike(asked: Sequence[str]) -> Iterator[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]]:
    """Each phrase of the asked tokens that has others, with those; a phrase inside a longer one counts alone too."""
    held = set(asked)
    for group in _groups():
        said = [phrase for phrase in group if held.issuperset(phrase)]
        if said:
            phrase = max(said, key=len)
            yield phrase, tuple(dict.fromkeys(other for other in group if other != phrase))
