"""Counter-ions and solvents that are no part of the molecule asked about: what registered medicines are sold with.

Our own list, after RDKit's ``Salts.txt`` and the salts that occur among the approved drugs that admet-ai brings. A
component is stripped only if it is on the list; the last one never is.
"""

from __future__ import annotations

METALS = {
    "Li": "lithium", "Na": "sodium", "K": "potassium", "Mg": "magnesium", "Ca": "calcium", "Zn": "zinc",
    "Al": "aluminium",
}  # fmt: skip

ACIDS = {
    "hydrogen chloride": "Cl",
    "hydrogen bromide": "Br",
    "hydrogen iodide": "I",
    "hydrogen fluoride": "F",
    "sulfuric acid": "OS(=O)(=O)O",
    "phosphoric acid": "OP(=O)(O)O",
    "nitric acid": "O[N+](=O)[O-]",
    "carbonic acid": "OC(=O)O",
    "formic acid": "OC=O",
    "acetic acid": "CC(=O)O",
    "trifluoroacetic acid": "OC(=O)C(F)(F)F",
    "propionic acid": "CCC(=O)O",
    "oxalic acid": "OC(=O)C(=O)O",
    "malonic acid": "OC(=O)CC(=O)O",
    "succinic acid": "OC(=O)CCC(=O)O",
    "fumaric or maleic acid": "OC(=O)C=CC(=O)O",
    "malic acid": "OC(=O)CC(O)C(=O)O",
    "tartaric acid": "OC(=O)C(O)C(O)C(=O)O",
    "citric acid": "OC(=O)CC(O)(CC(=O)O)C(=O)O",
    "lactic acid": "CC(O)C(=O)O",
    "gluconic acid": "OCC(O)C(O)C(O)C(O)C(=O)O",
    "lactobionic acid": "OCC1OC(OC(C(O)CO)C(O)C(O)C(=O)O)C(O)C(O)C1O",
    "benzoic acid": "OC(=O)c1ccccc1",
    "salicylic acid": "OC(=O)c1ccccc1O",
    "mandelic acid": "OC(c1ccccc1)C(=O)O",
    "hippuric acid": "OC(=O)CNC(=O)c1ccccc1",
    "methanesulfonic acid": "CS(=O)(=O)O",
    "ethanesulfonic acid": "CCS(=O)(=O)O",
    "isethionic acid": "OCCS(=O)(=O)O",
    "benzenesulfonic acid": "OS(=O)(=O)c1ccccc1",
    "toluenesulfonic acid": "Cc1ccc(cc1)S(=O)(=O)O",
    "naphthalenesulfonic acid": "OS(=O)(=O)c1ccc2ccccc2c1",
    "camphorsulfonic acid": "CC1(C)C2CCC1(CS(=O)(=O)O)C(=O)C2",
    "xinafoic acid": "OC(=O)c1ccc2ccccc2c1O",
    "pamoic acid": "OC(=O)c1cc2ccccc2c(Cc2c(O)c(C(=O)O)cc3ccccc23)c1O",
}

BASES = {
    "ammonia": "N",
    "ethylenediamine": "NCCN",
    "diethylamine": "CCNCC",
    "tert-butylamine": "CC(C)(C)N",
    "ethanolamine": "NCCO",
    "diethanolamine": "OCCNCCO",
    "tromethamine": "NC(CO)(CO)CO",
    "meglumine": "CNCC(O)C(O)C(O)C(O)CO",
    "choline": "C[N+](C)(C)CCO",
    "lysine": "NCCCCC(N)C(=O)O",
    "arginine": "NC(=N)NCCCC(N)C(=O)O",
    "piperazine": "C1CNCCN1",
    "cyclohexylamine": "NC1CCCCC1",
    "dicyclohexylamine": "C1CCCCC1NC1CCCCC1",
    "benzathine": "C(CNCc1ccccc1)NCc1ccccc1",
}

SOLVENTS = {
    "water": "O",
    "methanol": "CO",
    "ethanol": "CCO",
    "isopropanol": "CC(C)O",
    "propylene glycol": "CC(O)CO",
    "acetone": "CC(C)=O",
    "acetonitrile": "CC#N",
    "dimethyl sulfoxide": "CS(C)=O",
    "dimethylformamide": "CN(C)C=O",
    "ethyl acetate": "CCOC(C)=O",
}
