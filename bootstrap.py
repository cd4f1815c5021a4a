"""Make the virtual environment and install the pinned packages; standard library only.

``python3 bootstrap.py`` installs what the assistant needs, ``--dev`` adds what the tests need, ``--extra NAME``
adds an optional extra. A second call with the same pins returns at once: the stamp in ``.venv`` holds a digest
of everything that decides the install, and is written last, so a broken install is simply repeated.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "consilium-stamp.json"
PACKAGES = ("assistant", "tools", "retrieval", "genomics", "imaging", "evals")
UV = "uv==0.13.9"


class SetupFailed(Exception):
    """One step of the set-up failed; the message says which and what to look at."""


def digest() -> str:
    """Everything that decides which packages are installed, as one hash."""
    parts = [sys.version.split()[0].encode()]
    parts += [(ROOT / name).read_bytes() for name in ("constraints.txt", "pyproject.toml")]
    parts.append(str(ROOT).encode())  # an editable install points at this folder
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def installed() -> set[str]:
    """The extras of the last finished install ("base", "dev", ...), or nothing if it no longer fits."""
    if not STAMP.exists() or not PYTHON.exists():
        return set()
    stamp = json.loads(STAMP.read_text())
    return set(stamp["extras"]) if stamp.get("digest") == digest() else set()


def run(step: str, command: Sequence[str | Path], env: dict[str, str] | None = None) -> None:
    print(f"  {step} ...", flush=True)
    done = subprocess.run([str(part) for part in command], cwd=ROOT, env=env)
    if done.returncode:
        raise SetupFailed(
            f"set-up stopped at: {step}. Look at the lines above; usual causes are the package index, "
            "a proxy (HTTPS_PROXY), a certificate (PIP_CERT) or a full disk."
        )


def pip_setting(name: str) -> list[str]:
    """What the user's pip is told, from its files and from the environment: uv reads neither."""
    listing = subprocess.run(
        [str(PYTHON), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    values: list[str] = []
    for line in listing.splitlines():
        key, _, value = line.partition("=")
        if key.rpartition(".")[2] == name:
            values += shlex.split(value.strip().strip("'\""))
    return list(dict.fromkeys(values))


def uv_arguments() -> tuple[list[str], dict[str, str]]:
    """pip's own settings handed over to uv: existing find-links folders, index, certificate."""
    arguments: list[str] = []
    torch_on_disk = False
    for place in pip_setting("find-links"):
        if "://" not in place and not Path(place).is_dir():
            continue  # a missing folder is a warning for pip and an error for uv
        arguments += ["--find-links", place]
        torch_on_disk |= "://" not in place and any(Path(place).glob("torch-2.13.0*"))
    for place in pip_setting("index-url"):
        arguments += ["--index-url", place]
    if "true" in pip_setting("no-index"):
        arguments.append("--no-index")
    env = dict(os.environ)
    for certificate in pip_setting("cert"):
        env.setdefault("SSL_CERT_FILE", certificate)
    if not torch_on_disk:
        arguments += ["--torch-backend", "auto"]
    return arguments, env


def install(extras: set[str]) -> None:
    target = "." + (f"[{','.join(sorted(extras - {'base', 'dev'}))}]" if extras - {"base", "dev"} else "")
    group = ["--group", "pyproject.toml:dev"] if "dev" in extras else []
    wanted = ["-c", "constraints.txt", "-e", target, *group]
    try:
        run("installing uv", [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV])
    except SetupFailed:
        run(
            "uv is not to be had here: installing with pip, which takes minutes",
            [PYTHON, "-m", "pip", "install", "--quiet", "--upgrade", "pip==26.3"],
        )
        run("installing packages", [PYTHON, "-m", "pip", "install", "--quiet", *wanted])
        return
    arguments, env = uv_arguments()
    command = [PYTHON, "-m", "uv", "pip", "install", "--quiet", "--compile-bytecode", "--python", PYTHON]
    try:
        run("installing packages (about two minutes the first time)", [*command, *arguments, *wanted], env)
    except SetupFailed:
        if "--torch-backend" not in arguments:
            raise
        plain = arguments[: arguments.index("--torch-backend")]
        run("installing packages from the plain index", [*command, *plain, *wanted], env)


CHECK = """
import importlib.util, importlib.metadata, pathlib, sys
root, names = pathlib.Path(sys.argv[1]), sys.argv[2:]
for name in names:
    spec = importlib.util.find_spec(name)
    where = spec and (spec.origin or next(iter(spec.submodule_search_locations or []), None))
    if not where or not pathlib.Path(where).resolve().is_relative_to(root):
        owner = importlib.metadata.packages_distributions().get(name, ["nobody"])
        sys.exit(f"the package '{name}' comes from {where} (installed by {', '.join(owner)}), not from "
                 f"{root}: uninstall that distribution from .venv and run this again")
"""


def check_shadowing() -> None:
    """Refuse an environment in which a foreign distribution stands in front of one of our packages."""
    with tempfile.TemporaryDirectory() as elsewhere:
        done = subprocess.run(
            [str(PYTHON), "-c", CHECK, str(ROOT), *PACKAGES],
            cwd=elsewhere,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise SetupFailed(done.stderr.strip() or "the installed packages could not be checked")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what the tests and checks need")
    parser.add_argument("--extra", action="append", default=[], help="an optional extra of pyproject.toml")
    options = parser.parse_args()
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        print(
            f"Consilium needs Python 3.11 to 3.13, this is {sys.version.split()[0]}: PYTHON=python3.11 make run"
        )
        return 1
    wanted = {"base", *options.extra} | ({"dev"} if options.dev else set())
    held = installed()
    if wanted <= held:
        return 0
    wanted |= held
    print("Setting up Consilium in .venv (once):", flush=True)
    try:
        minor = f"python{sys.version_info.major}.{sys.version_info.minor}"
        fits = os.name == "nt" or (VENV / "lib" / minor).is_dir()
        if not PYTHON.exists() or not fits:
            run("making .venv", [sys.executable, "-m", "venv", "--clear", VENV])
        STAMP.unlink(missing_ok=True)
        install(wanted)
        check_shadowing()
    except SetupFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    STAMP.write_text(json.dumps({"digest": digest(), "extras": sorted(wanted)}))
    print("Ready.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
