"""The recipes of ``imaging.training``, and which of the common options each understands under which name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from retrieval.evidence import Text, Word

Words = tuple[str, ...]
DEVICE: Words = ("--device", "{device}")
MINUTES: Words = ("--minutes", "{minutes}")
OUT: Words = ("--out", "{out}")
WORK: Words = ("--work", "{work}")
DATA: Words = ("--data", "{data}")
FUNDUS_SETS: Words = ("--chase", "{data}/chasedb1", "--idrid", "{data}/idrid_seg54")
XRAYS = "pneumoniamnist/pneumoniamnist_train_val.npz"
RFMID = "rfmid64/rfmid64_train_val.npz"


class Recipe(Word):
    """One training. An option that stays empty is one that the recipe does not have."""

    module: Text
    """Below ``imaging.training``; its ``main()`` reads the command line."""
    makes: Text
    cpu: Text
    """How long it takes on one core, in words."""
    fixed: Words = ()
    data: Words = DATA
    inside: str = ""
    """The file that is taken where --data names a folder of development sets."""
    out: Words = OUT
    work: Words = ()
    minutes: Words = ()
    device: Words = ()
    into: bool = False
    """--out is a folder."""
    ships: Words = ()
    """The files in the zoo that this makes; none where it makes something of the user's own."""
    shipping: Words = ()
    """What is said besides to make that file and nothing else."""

    @property
    def overwrites(self) -> bool:
        """Whether the recipe, told nothing, writes over the file that ships."""
        return bool(self.ships) and not self.work

    def words(self, given: Mapping[str, str]) -> Words:
        """The command line of the recipe, ``given`` as options by name (data, out, work, minutes, device).

        Raises:
            ValueError: an option is given that the recipe does not have.
        """
        line = list(self.fixed)
        for name, value in given.items():
            template: Words = getattr(self, name)
            if not template:
                raise ValueError(f"this recipe has no --{name}: it runs without a break in {self.cpu}")
            put = self._file(Path(value)) if name == "data" else value
            line += [word.format(**{name: put}) for word in template]
        return tuple(line)

    def _file(self, data: Path) -> str:
        return str(data / self.inside if self.inside and data.is_dir() else data)


def _generator(module: str, pictures: str, cpu: str, ships: Words = (), shipping: Words = ()) -> Recipe:
    work, minutes = (("--folder", "{work}"), MINUTES) if module != "pca" else ((), ())
    return Recipe(
        module=module, makes=f"generator of {pictures} pictures ({module})", cpu=cpu, fixed=(pictures,),
        inside=XRAYS if pictures == "xray" else RFMID, work=work, minutes=minutes, ships=ships, shipping=shipping,
    )  # fmt: skip


def _larger(times: str) -> Recipe:
    return Recipe(
        module="super_resolution", makes=f"fundus photographs {times} times as large", cpu="2 min",
        fixed=("--times", times), work=WORK, minutes=MINUTES, device=DEVICE, ships=(f"fundus_x{times}.safetensors",),
    )  # fmt: skip


RECIPES: Mapping[str, Recipe] = {
    "fundus-gate": Recipe(
        module="fundus_gate", makes="fundus gate and its distance", cpu="3 min", into=True,
        data=(*FUNDUS_SETS, "--xray", f"{{data}}/{XRAYS}"), ships=("fundus_gate.npz", "fundus_likeness.npz"),
    ),
    "xray-gate": Recipe(
        module="xray_gate", makes="chest X-ray gate", cpu="2 min", inside=XRAYS, ships=("xray_gate.npz",)
    ),
    "quality": Recipe(
        module="quality_head", makes="readability of a fundus photograph", cpu="1 min", data=FUNDUS_SETS,
        ships=("fundus_quality.npz",),
    ),
    "fundus-bank": Recipe(
        module="shipped_banks", makes="healthy eyes that the score and the map stand on", cpu="3 min",
        fixed=("fundus",), data=("--chase", "{data}/chasedb1", "--normals", "{data}/eye4_256/normal", "--ill",
              "cataract={data}/eye4_256/cataract", "glaucoma={data}/eye4_256/glaucoma",
              "diabetic retinopathy={data}/idrid_seg54"),
        ships=("fundus_bank.npz",),
    ),
    "xray-bank": Recipe(
        module="shipped_banks", makes="healthy chest X-rays that the score and the map stand on", cpu="1 min",
        fixed=("chest_xray",), inside=XRAYS, ships=("xray_bank.npz",),
    ),
    "vessels": Recipe(
        module="vessels", makes="vessel net, and the nets of every fold", cpu="2 min each", work=WORK,
        minutes=MINUTES, device=DEVICE, ships=("retinal_vessels.safetensors",), shipping=("--only", "chase-all"),
    ),
    "masks": Recipe(
        module="mask_folder", makes="masks from a folder of pictures and masks of your own", cpu="20 min",
        work=WORK, minutes=MINUTES, device=DEVICE,
    ),
    "super-resolution-x2": _larger("2"),
    "super-resolution-x4": _larger("4"),
    "pneumonia": Recipe(
        module="head", makes="pneumonia head for chest X-rays of children", cpu="10 min", inside=XRAYS, into=True,
        fixed=("--task", "pneumonia", "--no-groups", "--set", "PneumoniaMNIST", "--card", "model:pneumonia-head",
               "--classes", "normal,pneumonia"),
        ships=("pneumonia_head.npz",),
    ),
    "reference": Recipe(
        module="bank_command", makes="a bank and a healthy reference from at least 200 healthy pictures of your own",
        cpu="1 min for 300 pictures", into=True,
    ),
    "head": Recipe(
        module="head", makes="a classifier from labelled pictures of your own", cpu="1 min for 500 pictures", into=True
    ),
    "xray-pca": _generator("pca", "xray", "a few seconds", ("xray_pca.safetensors",)),
    "xray-cvae": _generator("cvae", "xray", "3 min", ("xray_cvae.safetensors",), ("--steps", "3000")),
    "xray-wgan": _generator("wgan", "xray", "3 min", ("xray_wgan.safetensors",), ("--steps", "1000")),
    "fundus-anatomy": Recipe(
        module="anatomy", makes="generator of fundus photographs in parts, from a folder of your own", cpu="1 min"
    ),
    "fundus-pca": _generator("pca", "fundus", "a few seconds"),
    "fundus-cvae": _generator("cvae", "fundus", "an hour"),
    "fundus-wgan": _generator("wgan", "fundus", "hours"),
}  # fmt: skip
