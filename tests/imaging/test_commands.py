"""The command line of pictures: how each verb ends, what it writes, and that asking for help costs nothing."""

from __future__ import annotations

import base64
import io
import json
import re
import shlex
import stat
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import get_args

import numpy as np
import pytest
from PIL import Image
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner, Result

from imaging import suites
from imaging.commands import ends, look, measuring
from imaging.commands.app import build
from imaging.commands.recipes import RECIPES, Recipe
from imaging.generate.phantom import phantom
from imaging.generate.stamp import WORD
from imaging.suites import SUITES, Suite
from imaging.suites.row import Given, Row
from retrieval.evidence import Outcome


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(build(), [str(word) for word in words])


@pytest.fixture(scope="module")
def eye(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn fundus as a file."""
    path = tmp_path_factory.mktemp("eye") / "eye.png"
    Image.fromarray(phantom(256, 3).pixels).save(path)
    return path


@pytest.fixture(autouse=True)
def no_local_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSILIUM_IMAGING_MODELS", str(tmp_path / "models"))


def test_help_imports_nothing_heavy() -> None:
    told = subprocess.run(
        [sys.executable, "-c", HELPED], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert "look" in told
    assert told.splitlines()[-1] == "heavy: []"


HELPED = """
import sys
from typer.testing import CliRunner
from imaging.commands.app import build
for words in (["--help"], ["look", "--help"], ["evaluate", "--help"], ["train"], ["models", "--help"]):
    done = CliRunner().invoke(build(), words)
    assert done.exit_code == 0, done.output
    print(done.output)
print("heavy:", [name for name in ("numpy", "torch", "skimage", "sklearn", "scipy", "PIL") if name in sys.modules])
"""


def test_the_words_of_the_options_are_those_of_the_reading() -> None:
    from imaging import image

    assert get_args(look.Kind) == get_args(image.Kind)
    assert tuple(look.Want) == get_args(image.Want)


def test_the_assistant_is_made_ready_before_a_verb_and_not_for_its_help() -> None:
    called: list[str] = []
    app = build(ready=lambda: called.append("ready"))
    assert CliRunner().invoke(app, ["models", "verify", "--help"]).exit_code == 0
    assert CliRunner().invoke(app, ["look", "--help"]).exit_code == 0
    assert called == []
    CliRunner().invoke(app, ["train"])
    assert called == ["ready"]


def test_every_outcome_has_an_exit_code() -> None:
    assert set(ends.CODES) == set(Outcome)


def test_a_file_that_is_no_picture_is_bad_input(tmp_path: Path) -> None:
    path = tmp_path / "notes.png"
    path.write_text("no picture")
    done = run("look", path)
    assert done.exit_code == ends.BAD_INPUT
    assert "bad_input" in done.output
    assert "notes" not in done.output


def test_a_reading_is_one_json_document_and_one_page_for_its_owner_alone(eye: Path, tmp_path: Path) -> None:
    page = tmp_path / "reading.html"
    done = run("look", eye, "--json", "--html", page)
    told = json.loads(done.stdout)
    assert done.exit_code == ends.CODES[Outcome(told["outcome"])]
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    written = page.read_text(encoding="utf-8")
    assert "not a diagnosis" in written
    assert "eye.png" not in written


def test_generators_are_listed_with_their_labels() -> None:
    done = run("generate")
    assert done.exit_code == 0
    assert "phantom" in done.output
    assert "exudate" in done.output


def test_generating_needs_a_place_to_write() -> None:
    assert run("generate", "phantom").exit_code == ends.BAD_INPUT


def test_one_seed_gives_one_sheet_and_it_says_synthetic(tmp_path: Path) -> None:
    from imaging.marks import mark_on

    for name in ("a.png", "b.png"):
        assert (
            run("generate", "--phantom", "--seed", "5", "--n", "1", "--out", tmp_path / name).exit_code == 0
        )
    first = (tmp_path / "a.png").read_bytes()
    assert first == (tmp_path / "b.png").read_bytes()
    with Image.open(io.BytesIO(first)) as sheet:
        assert sheet.text["Comment"] == WORD  # type: ignore[attr-defined]
        assert mark_on(np.asarray(sheet)) == WORD


def test_a_folder_gets_a_stamped_file_for_each_picture(tmp_path: Path) -> None:
    assert run("generate", "xray-pca", "--n", "2", "--out", tmp_path / "made").exit_code == 0
    names = sorted(path.name for path in (tmp_path / "made").iterdir())
    assert names == ["0001.png", "0002.png"]
    with Image.open(tmp_path / "made" / "0001.png") as one:
        assert one.text["Comment"] == WORD  # type: ignore[attr-defined]


def test_drawn_lesions_come_with_their_mask_and_source(tmp_path: Path) -> None:
    page = tmp_path / "lesions.html"
    done = run("generate", "--lesion", "drusen", "--n", "1", "--out", tmp_path / "made", "--html", page)
    assert done.exit_code == 0
    assert len(list((tmp_path / "made").iterdir())) == 2
    assert "Ophthalmology 2013;120:844-851" in page.read_text(encoding="utf-8")


def test_a_photograph_with_drawn_lesions_stays_that_of_a_person_on_its_page(
    small_retina: np.ndarray, tmp_path: Path
) -> None:
    pixels = np.ascontiguousarray(small_retina[::2, ::2])
    Image.fromarray(pixels).save(tmp_path / "eye.png")
    page = tmp_path / "lesions.html"
    done = run("generate", "--lesion", "drusen", "--n", "1", "--onto", tmp_path / "eye.png", "--html", page)
    assert done.exit_code == 0
    told = page.read_text(encoding="utf-8")
    assert "stays that of a person" in told
    assert "no patient" not in told
    found = re.findall(r'src="data:image/png;base64,([^"]+)"', told)
    before, drawn, mask = (Image.open(io.BytesIO(base64.b64decode(one))) for one in found)
    assert before.info == {}
    assert np.array_equal(np.asarray(before), pixels)
    assert drawn.info["Comment"] == mask.info["Comment"] == WORD


def test_a_missing_model_is_unavailable_and_no_traceback(
    eye: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from imaging import gate
    from imaging.image import ModelMissing

    def missing(*_: object) -> None:
        raise ModelMissing("the weights are not held: consilium packs pull x")

    monkeypatch.setattr(gate, "fundus_gate", missing)
    done = run("generate", "--lesion", "drusen", "--onto", eye, "--out", tmp_path / "made")
    assert done.exit_code == ends.UNAVAILABLE
    assert "packs pull x" in done.output
    monkeypatch.setitem(sys.modules, "imaging.training.few", SimpleNamespace(main=missing))
    monkeypatch.setitem(RECIPES, "few", Recipe(module="few", makes="x", cpu="x"))
    done = run("train", "few")
    assert done.exit_code == ends.UNAVAILABLE
    assert "packs pull x" in done.output


def test_a_task_that_cannot_be_named_in_a_card_is_refused_before_the_training(tmp_path: Path) -> None:
    done = run("train", "head", "--data", tmp_path, "--task", "dr_grade", "--no-groups")
    assert done.exit_code == ends.BAD_INPUT
    assert "dr-grade" in done.output


def test_lesions_are_not_drawn_on_what_is_no_fundus(tmp_path: Path) -> None:
    path = tmp_path / "grey.png"
    Image.fromarray(np.full((128, 128, 3), 128, dtype=np.uint8)).save(path)
    done = run("generate", "--lesion", "drusen", "--onto", path, "--out", tmp_path / "made")
    assert done.exit_code == ends.BAD_INPUT
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    "words",
    [("generate", "nobody"), ("generate", "phantom", "--label", "nothing"), ("generate", "--lesion", "wart")],
)
def test_an_unknown_name_ends_with_those_that_are_known(words: tuple[str, ...], tmp_path: Path) -> None:
    done = run(*words, "--out", tmp_path / "x.png")
    assert done.exit_code == ends.BAD_INPUT
    assert "one of" in done.output or ("there are" in done.output and "phantom" in done.output)


def test_an_enhanced_copy_stands_beside_its_original_and_says_what_it_is_not_for(
    small_retina: np.ndarray, tmp_path: Path
) -> None:
    from imaging.enhance import STAMP
    from imaging.marks import mark_on
    from imaging.report.sheets import GAP, title_height

    small_retina = np.ascontiguousarray(small_retina[::2, ::2])
    Image.fromarray(small_retina).save(tmp_path / "eye.png")
    done = run("enhance", tmp_path / "eye.png", "--out", tmp_path / "even.png")
    assert done.exit_code == 0
    with Image.open(tmp_path / "even.png") as made:
        assert made.text["Comment"] == STAMP  # type: ignore[attr-defined]
        pixels = np.asarray(made)
    assert mark_on(pixels) == STAMP
    pixels = pixels[title_height(small_retina) :]
    height, width = small_retina.shape[:2]
    assert pixels.shape[1] == 2 * width + GAP
    assert np.array_equal(pixels[:height, :width], small_retina)
    assert not np.array_equal(pixels[:height, width + GAP :], small_retina)


def test_a_picture_of_something_else_is_not_enhanced(tmp_path: Path) -> None:
    from skimage import data

    Image.fromarray(data.coffee()).save(tmp_path / "cup.png")
    done = run("enhance", tmp_path / "cup.png", "--out", tmp_path / "even.png")
    assert done.exit_code == ends.BAD_INPUT
    assert not (tmp_path / "even.png").exists()


def test_models_are_listed_shown_and_verified() -> None:
    listed = run("models", "list")
    assert "retinal-vessels" in listed.output
    assert run("models", "show", "retinal-vessels").exit_code == 0
    assert run("models", "show", "nobody").exit_code == ends.BAD_INPUT
    shown = json.loads(run("models", "show", "retinal-vessels", "--json").stdout)
    assert shown["forbidden"]


def test_a_local_model_that_is_not_the_one_of_its_card_is_a_problem(tmp_path: Path) -> None:
    from imaging import cards, local_models

    card = cards.cards()["model:pneumonia-head"].model_copy(update={"id": "local-mine", "file": "mine.npz"})
    folder = local_models.folder()
    local_models.write_card(folder / "mine.card.yaml", card)
    local_models.write(folder / "mine.npz", b"something else")
    done = run("models", "verify", "--json")
    assert done.exit_code == ends.MISSED
    assert "local-mine" in [one["card"] for one in json.loads(done.stdout)]
    assert "local" in run("models", "list").output


def test_recipes_are_listed_with_their_time() -> None:
    done = run("train")
    assert done.exit_code == 0
    assert all(name in done.output for name in RECIPES)
    assert done.output.count("on one core") == len(RECIPES)


def test_an_unknown_recipe_ends_with_the_list() -> None:
    done = run("train", "nothing")
    assert done.exit_code == ends.BAD_INPUT
    assert "vessels" in done.output


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_each_recipe_understands_the_options_that_it_is_said_to_have(name: str) -> None:
    """Its own parser takes the line: what it then complains of is never an option."""
    one = RECIPES[name]
    given = {option: value for option, value in GIVEN.items() if getattr(one, option)}
    done = run("train", name, *(word for option, value in given.items() for word in (f"--{option}", value)), "--",
               "--no-such-option")  # fmt: skip
    assert done.exit_code == 2
    complaint = done.output.splitlines()[-1]
    assert "no-such-option" in complaint or "required" in complaint
    assert not [word for word in one.words(given) if word.startswith("--") and f"{word} " in complaint]


GIVEN = {"data": "nowhere", "out": "out.npz", "work": "work", "minutes": "1", "device": "cpu"}


def test_an_option_that_a_recipe_does_not_have_is_refused() -> None:
    without = next(name for name, one in RECIPES.items() if not one.device)
    done = run("train", without, "--out", "out.npz", "--device", "cpu")
    assert done.exit_code == ends.BAD_INPUT
    assert "--device" in done.output


def test_what_ships_is_not_overwritten_by_a_recipe_that_was_told_nothing(tmp_path: Path) -> None:
    done = run("train", "fundus-gate", "--data", tmp_path)
    assert done.exit_code == ends.BAD_INPUT
    assert "--out" in done.output


def test_what_ships_is_made_again_by_its_recipe_into_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from imaging.commands import shipping

    ran: list[list[str]] = []

    def ended(line: list[str], check: bool) -> SimpleNamespace:
        ran.append(line)
        return SimpleNamespace(returncode=int("quality" in line))

    monkeypatch.setattr("subprocess.run", ended)
    told: list[str] = []
    assert shipping.make_again(tmp_path / "data", tmp_path / "out", told.append) == 1
    assert len(ran) == sum(bool(one.ships) for one in RECIPES.values())
    outs = [line[line.index("--out") + 1] for line in ran]
    assert all(Path(out).is_relative_to(tmp_path / "out") for out in outs)
    assert any("failed" in line for line in told)
    assert any("was not written" in line for line in told)


def test_a_model_made_again_is_compared_by_its_numbers(tmp_path: Path) -> None:
    from imaging.commands.shipping import compared

    first, same, other, shaped = (tmp_path / f"{name}.npz" for name in ("first", "same", "other", "shaped"))
    np.savez(first, a=np.zeros(3), name=np.array("x"))
    np.savez_compressed(same, a=np.zeros(3), name=np.array("x"))
    np.savez(other, a=np.array([0, 0, 0.5]), name=np.array("x"))
    np.savez(shaped, a=np.zeros(4))
    assert "to the byte" in compared(first, first)
    assert "the same numbers" in compared(same, first)
    assert "0.5" in compared(other, first)
    assert "other arrays" in compared(shaped, first)
    assert "was not written" in compared(tmp_path / "absent.npz", first)


def test_a_set_is_taken_from_the_folder_of_all_sets(tmp_path: Path) -> None:
    one = Recipe(module="x", makes="x", cpu="x", inside="set/file.npz")
    assert one.words({"data": str(tmp_path)}) == ("--data", str(tmp_path / "set" / "file.npz"))
    assert one.words({"data": "own.npz"}) == ("--data", "own.npz")


def test_never_resuming_refuses_a_folder_with_checkpoints(tmp_path: Path) -> None:
    (tmp_path / "last.ckpt").write_bytes(b"x")
    done = run("train", "vessels", "--data", tmp_path, "--work", tmp_path, "--resume", "never")
    assert done.exit_code == ends.BAD_INPUT
    assert "checkpoints" in done.output


def test_what_ships_is_named_by_some_recipe() -> None:
    from imaging.cards import cards

    made = {file for one in RECIPES.values() for file in one.ships}
    assert {card.file for card in cards().values() if card.file} <= made


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """Two classes of twelve pictures each, of noise; the second class is much brighter."""
    rng = np.random.default_rng(0)
    for name, light in (("dark", 60), ("bright", 180)):
        (tmp_path / "set" / name).mkdir(parents=True)
        for index in range(12):
            noise = rng.integers(0, 60, (32, 32, 3)) + light
            Image.fromarray(noise.astype(np.uint8)).save(tmp_path / "set" / name / f"{index}.png")
    return tmp_path / "set"


def test_a_set_whose_brightness_tells_the_class_is_found_out(folders: Path) -> None:
    told = json.loads(run("data", "check", folders, "--json").stdout)
    tells = [one["trait"] for one in told["shortcuts"] if one["low"] > 0.75]
    assert "mean intensity" in tells
    assert (told["pictures"], told["groups"]) == (24, 0)


def test_a_folder_without_pictures_cannot_be_checked(tmp_path: Path) -> None:
    assert run("data", "check", tmp_path).exit_code == ends.BAD_INPUT


def test_an_unknown_suite_ends_with_the_list(tmp_path: Path) -> None:
    done = run("evaluate", "nothing", "--data", tmp_path, "--work", tmp_path)
    assert done.exit_code == ends.BAD_INPUT
    assert all(name in done.output for name in SUITES)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The only suite is one of this test's own; its process prints one row that misses its bar."""
    row = Row(bar=4, measure="accepted", target=">= 99 %", ours="1 % (n 8)", met=False)
    module = ModuleType("imaging.suites.made")
    module.rows = lambda given: iter([row])  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "imaging.suites.made", module)
    only = {"made": Suite(module="made", bars=(4,), title="Made for a test", minutes=1)}
    monkeypatch.setattr(suites, "SUITES", only)
    monkeypatch.setattr(measuring, "SUITES", only)
    line = [sys.executable, "-c", f"print({row.model_dump_json()!r})"]
    monkeypatch.setattr(measuring, "command", lambda name, given: line)


@pytest.mark.usefixtures("made")
def test_a_missed_bar_is_a_figure_and_an_error_only_if_asked(tmp_path: Path) -> None:
    words = ("evaluate", "all", "--data", tmp_path, "--work", tmp_path / "work")
    assert run(*words).exit_code == ends.ANSWERED
    assert run(*words, "--strict").exit_code == ends.MISSED


@pytest.mark.usefixtures("made")
def test_an_evaluation_prints_one_document_writes_a_page_and_keeps_its_rows(tmp_path: Path) -> None:
    page, work = tmp_path / "table.html", tmp_path / "work"
    done = run("evaluate", "made", "--data", tmp_path, "--work", work, "--json", "--html", page)
    told = json.loads(done.stdout)
    assert told["suites"][0]["rows"][0]["measure"] == "accepted"
    assert told["whole"] is True
    assert json.loads((work / "evaluate" / "made.json").read_text()) == told
    assert "accepted" in page.read_text(encoding="utf-8")


@pytest.mark.usefixtures("made")
def test_a_document_gets_the_table_and_one_without_a_place_is_refused_at_once(tmp_path: Path) -> None:
    from imaging.report.markdown import BEGIN, END

    document, work = tmp_path / "doc.md", tmp_path / "work"
    words = ("evaluate", "made", "--data", tmp_path, "--work", work, "--into", document)
    document.write_text("no place")
    assert run(*words).exit_code == ends.BAD_INPUT
    assert not work.exists()
    document.write_text(f"a\n{BEGIN}\n{END}\nb\n")
    assert run(*words).exit_code == ends.ANSWERED
    assert "**missed**" in document.read_text()


@pytest.mark.usefixtures("made")
def test_what_was_kept_whole_is_not_measured_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("evaluate", "made", "--data", tmp_path, "--work", tmp_path / "work")
    assert run(*words).exit_code == ends.ANSWERED
    monkeypatch.setattr(
        measuring, "command", lambda name, given: [sys.executable, "-c", "raise SystemExit(9)"]
    )
    assert run(*words, "--kept").exit_code == ends.ANSWERED
    assert run(*words).exit_code == ends.MISSED


@pytest.mark.usefixtures("made")
def test_the_process_of_a_suite_prints_a_row_a_line(tmp_path: Path) -> None:
    done = run("evaluate", "made", "--data", tmp_path, "--work", tmp_path, "--lines")
    assert Row.model_validate_json(done.stdout.strip()).measure == "accepted"


def test_rows_of_a_real_suite_come_through_its_process(tmp_path: Path) -> None:
    """Without a set each bar says so; nothing else of the machinery is made up here."""
    given = Given(data=tmp_path, work=tmp_path / "work")
    found = measuring.measured(("gates",), given, tmp_path / "work" / "kept.json", lambda words: None)
    assert not found.suites[0].stopped
    assert {row.bar for row in found.rows if row.met is None} >= {4}


def documented() -> list[str]:
    """Every command line of this part that the README or its document shows."""
    root = Path(__file__).parents[2]
    shown = [
        *(root / "README.md").read_text().splitlines(),
        *(root / "docs/imaging.md").read_text().splitlines(),
    ]
    starts = ("consilium image ", ".venv/bin/python -m assistant image ", ".venv/bin/python -m imaging ")
    return [line.removeprefix(start) for line in shown for start in starts if line.startswith(start)]


@pytest.mark.parametrize("line", documented())
def test_what_the_documents_show_is_a_verb_with_those_options(line: str) -> None:
    words = shlex.split(line, comments=True)
    command = get_command(build())
    while isinstance(command, TyperGroup):
        command = command.commands[words.pop(0)]
    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
    asked = {word for word in words if word.startswith("--")}
    assert asked <= known or command.context_settings.get("allow_extra_args")
