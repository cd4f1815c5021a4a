"""Settings: order of the layers, wrong keys with the nearest right one, secrets in no file, never shown."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from assistant import settings as module
from assistant.settings import ROOT, Section, Settings, SettingsError, effective, example, load

SECRET = "sk-do-not-show-this"


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import os

    for name in [name for name in os.environ if name.upper().startswith("CONSILIUM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(module, "TOML", tmp_path / "absent.toml")


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    return tmp_path / "consilium.toml"


def test_the_defaults_need_nothing() -> None:
    settings = load()
    assert (settings.model.provider, settings.service.host, settings.service.port) == (
        "rules",
        "127.0.0.1",
        7860,
    )
    assert settings.data_dir == ROOT / "var"
    assert settings.limits.upload_bytes == 20_000_000
    assert settings.model_dump() == Settings().model_dump()
    assert settings.hosts == {}


def test_the_later_layer_wins(toml: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toml.write_text("[service]\nport = 1111\n[limits]\nturns = 5\nuploads = 6\n")
    monkeypatch.setenv("CONSILIUM_SERVICE__PORT", "2222")
    monkeypatch.setenv("CONSILIUM_LIMITS__TURNS", "7")
    assert load(toml).service.port == 2222
    settings = load(toml, service__port=3333, limits={"turns": 8}, country=None)
    assert (settings.service.port, settings.limits.turns, settings.limits.uploads) == (3333, 8, 6)


def test_making_settings_reads_neither_environment_nor_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSILIUM_SERVICE__PORT", "2222")
    assert Settings().service.port == 7860


def test_the_file_of_the_checkout_is_read_where_it_is(monkeypatch: pytest.MonkeyPatch, toml: Path) -> None:
    toml.write_text('country = "gb"\n')
    monkeypatch.setattr(module, "TOML", toml)
    assert load().country == "GB"


def test_effective_names_every_origin_and_masks_secrets(toml: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toml.write_text("[limits]\nturns = 5\n")
    monkeypatch.setenv("CONSILIUM_MODEL__API_KEY", SECRET)
    settings = load(toml, service__port=1)
    rows = {row.name: row for row in effective(settings)}
    assert rows["limits.turns"][1:] == ("5", "consilium.toml")
    assert rows["model.api_key"][1:] == ("********", "environment")
    assert rows["service.port"][1:] == ("1", "command line")
    assert rows["country"][1:] == ('""', "default")
    assert settings.model.api_key is not None
    assert settings.model.api_key.get_secret_value() == SECRET
    assert SECRET not in str(rows) + repr(settings) + settings.model_dump_json()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[model]\nbse_url = 'x'", ["consilium.toml", "[model]", "bse_url", "did you mean 'base_url'"]),
        ("[modl]\nname = 'x'", ["'modl'", "did you mean 'model'"]),
        ("countri = 'GB'", ["'countri'", "did you mean 'country'"]),
        ("[model]\nprovider = 'opnai'", ["[model] provider", "opnai", 'did you mean "openai"']),
        ("[service]\nport = 'x'", ["[service] port", '"x"', "integer"]),
        ("[service]\nport = 70000", ["[service] port", "65535"]),
        ("[service]\nhost = '0.0.0.0'", ["[service] host", "0.0.0.0", "127.0.0.1"]),
        ("[service]\nhost = 'localhost.example.org'", ["[service] host", "127.0.0.1"]),
        ("[login]\nmode = 'proxy'", ["[login] mode", "proxy", "local"]),
        ("[model]\nprovider = 'openai'", ["[model]", "base_url", "name"]),
        ("[model]\nbase_url = 'ftp://x'", ["[model] base_url", "http://"]),
        ("[model]\nbase_url = 'http://me:pw@x/v1'", ["[model] base_url", "password"]),
        ("model = 'x'", ["[model]", "section"]),
        ("country = 'GBR'", ["country", "GBR"]),
        ("[limits]\nturns = 0", ["[limits] turns", "1"]),
        ("[privacy]\nretention_days = -1", ["[privacy] retention_days"]),
        ("[tools]\ndisabled = 3", ["[tools] disabled"]),
        ("[model\n", ["consilium.toml cannot be read"]),
    ],
)
def test_a_wrong_file_is_refused_in_one_line(toml: Path, text: str, words: list[str]) -> None:
    toml.write_text(text)
    with pytest.raises(SettingsError) as refusal:
        load(toml)
    line = str(refusal.value)
    assert "\n" not in line
    assert [word for word in words if word not in line] == []


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml cannot be read"):
        load(tmp_path / "nowhere.toml")


def test_a_secret_in_the_file_is_refused_without_showing_it(toml: Path) -> None:
    toml.write_text(f"[model]\napi_key = '{SECRET}'")
    with pytest.raises(SettingsError, match="CONSILIUM_MODEL__API_KEY") as refusal:
        load(toml)
    assert SECRET not in str(refusal.value)


@pytest.mark.parametrize("variable", ["CONSILIUM_MODEL__API_KEY__X", "CONSILIUM_MODEL__APIKEY"])
def test_a_misplaced_secret_is_not_shown(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, SECRET)
    with pytest.raises(SettingsError) as refusal:
        load()
    assert SECRET not in str(refusal.value)


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("CONSILIUM_MODL__NAME", "CONSILIUM_MODEL__NAME"),
        ("CONSILIUM_MODEL_NAME", "CONSILIUM_MODEL__NAME"),
        ("CONSILIUM_COUNTY", "CONSILIUM_COUNTRY"),
        ("CONSILIUM_KEYFILE", "CONSILIUM_KEY_FILE"),
        ("CONSILIUM_MODEL__NAM", "'name'"),
        ("CONSILIUM_MODEL", "section"),
    ],
)
def test_a_mistyped_variable_is_refused(variable: str, meant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "x")
    with pytest.raises(SettingsError) as refusal:
        load()
    assert meant in str(refusal.value)


def test_variables_of_others_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSILIUM_KEY_FILE", "/key")
    monkeypatch.setenv("CONSILIUM_SHARED", "/data")
    monkeypatch.setenv("CONSILIUM_UNRELATED_THING", "x")
    assert load().model_dump() == Settings().model_dump()


def test_every_section_forbids_unknown_keys_and_change() -> None:
    sections = [
        field.annotation
        for name, field in Settings.model_fields.items()
        if name not in ("country", "data_dir")
    ]
    assert len(sections) == 8
    for section in sections:
        assert isinstance(section, type)
        assert issubclass(section, Section)
        with pytest.raises(ValidationError, match="extra_forbidden"):
            section.model_validate({"surely_unknown": 1})
    with pytest.raises(ValidationError, match="frozen"):
        Settings().service.port = 1  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        Settings().country = "GB"  # type: ignore[misc]


def test_a_list_comes_from_the_environment_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSILIUM_TOOLS__DISABLED", "read_image, interpret_variant")
    assert load().tools.disabled == ("read_image", "interpret_variant")


def test_a_switched_off_tool_must_exist() -> None:
    settings = load(tools__disabled=["read_imag"])
    with pytest.raises(SettingsError, match="did you mean 'read_image'"):
        module.refuse_unknown_tools(settings, ["search_literature", "read_image"])
    module.refuse_unknown_tools(load(tools__disabled="read_image"), ["read_image"])


def test_the_hosts_are_those_that_settings_name() -> None:
    settings = load(
        model={"provider": "openai", "name": "m", "base_url": "http://Model.Ward.example:8000/v1"},
        retrieval__chroma_url="http://127.0.0.1:8000",
    )
    assert settings.hosts == {"model.ward.example": "[model] base_url"}


def test_pubmed_is_reachable_only_where_it_may_be_asked_at_question_time() -> None:
    assert load(retrieval__contact_email="ward@example.org").hosts == {}
    settings = load(retrieval={"online": True, "contact_email": "ward@example.org"})
    assert settings.hosts == {"eutils.ncbi.nlm.nih.gov": "[retrieval] online"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"online": True}, ["[retrieval]", "contact_email"]),
        ({"contact_email": "not one"}, ["[retrieval] contact_email", "not one", "e-mail"]),
        ({"contact_email": "a@b"}, ["[retrieval] contact_email"]),
    ],
)
def test_a_wrong_contact_is_refused_in_words(given: dict[str, object], words: list[str]) -> None:
    with pytest.raises(SettingsError) as refusal:
        load(retrieval=given)
    assert [word for word in words if word not in str(refusal.value)] == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.10", "::1"])
def test_loopback_addresses_may_serve(host: str) -> None:
    assert load(service__host=host).service.host == host


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "", "127.0.0.1.example.org", "ward-pc"])
def test_other_addresses_may_not(host: str) -> None:
    with pytest.raises(SettingsError):
        load(service__host=host)


def test_the_example_file_is_in_step_and_holds_the_defaults(tmp_path: Path) -> None:
    held = ROOT / "consilium.example.toml"
    made = subprocess.run(
        [sys.executable, "-m", "assistant.settings", "--example"], cwd=ROOT, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    assert held.read_text(encoding="utf-8") == made.stdout == example()
    assert load(held).model_dump() == Settings().model_dump()
    named = tomllib.loads(example())
    assert {row.name for row in effective(Settings())} - {"model.api_key", "retrieval.ncbi_key"} == {
        f"{name}.{key}" if key else name
        for name, value in named.items()
        for key in (value if isinstance(value, dict) else [""])
    }


@given(
    port=st.integers(0, 65535),
    name=st.text(st.characters(codec="utf-8", exclude_characters="\x7f"), max_size=30),
    disabled=st.lists(st.sampled_from(["read_image", "interpret_variant"]), max_size=2),
    archive=st.booleans(),
)
def test_settings_go_through_toml_unchanged(
    tmp_path_factory: pytest.TempPathFactory, port: int, name: str, disabled: list[str], archive: bool
) -> None:
    given_here = load(
        service__port=port, model__name=name, tools__disabled=disabled, privacy__archive=archive
    )
    lines: list[str] = []
    shown = ""
    for row in effective(given_here):
        section, _, key = row.name.rpartition(".")
        if row.value == "(not set)":
            continue
        lines += [f"[{section}]"] * (section != shown) + [f"{key} = {row.value}"]
        shown = section
    file = tmp_path_factory.mktemp("toml") / "consilium.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    assert load(file).model_dump() == given_here.model_dump()
