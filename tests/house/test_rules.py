"""The house's own rules, held by looking at what is in the repository."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("assistant", "tools", "retrieval", "genomics", "imaging", "evals")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def tracked() -> list[Path]:
    """The files that git would take along: tracked, or new and not ignored."""
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / line for line in listing.stdout.splitlines() if (ROOT / line).is_file()]


def test_constraints_are_clean_pins() -> None:
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9.-]+==[\w.]+", line) for line in lines)
    assert [line for line in lines if line.startswith("torch==")] == ["torch==2.13.0"]


def test_every_direct_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    pins = {line.partition("==")[0] for line in (ROOT / "constraints.txt").read_text().splitlines()}
    named = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[<>=! \[]", line)[0].lower() for line in named}
    assert names <= pins


def test_no_share_link_and_no_raw_html() -> None:
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"share\s*=\s*(?:True|settings)|\.launch\(", text), path
        assert "gr.HTML" not in text, path


def test_no_broad_except_but_at_the_one_boundary() -> None:
    broad = [path for path in SOURCES if re.search(r"except( Exception)?:", path.read_text(encoding="utf-8"))]
    assert [path.relative_to(ROOT).as_posix() for path in broad] == ["assistant/middleware/act.py"]


def test_no_names_that_say_nothing() -> None:
    empty = {"utils", "util", "helpers", "helper", "common", "core", "misc", "manager"}
    assert [path for path in SOURCES if path.stem in empty] == []


def test_files_have_one_room() -> None:
    """Hardly any file over 400 lines, none over 500."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert [path for path, lines in lengths.items() if lines > 500] == []
    assert sum(lines > 400 for lines in lengths.values()) <= 3


def test_no_path_of_a_machine_and_no_development_data() -> None:
    for path in tracked():
        if path.suffix not in (".py", ".md", ".toml", ".yaml", ".txt", "") or "tests" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?<![\w.])/(?:work|root)/", text), path


def test_every_package_is_typed() -> None:
    assert all((ROOT / package / "py.typed").exists() for package in PACKAGES)


def test_schemas_of_all_tools_fit() -> None:
    from tools.registry import schema_tokens, tools

    assert 3 <= len(tools()) <= 14
    assert schema_tokens() <= 4000


@pytest.mark.parametrize("command", ["make run", "make test"])
def test_readme_names_the_two_commands(command: str) -> None:
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")


def test_makefile_targets_explain_themselves() -> None:
    text = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^([a-z-]+):", text, re.MULTILINE)
    explained = re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE)
    assert sorted(targets) == sorted(explained)
