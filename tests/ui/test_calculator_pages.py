"""The calculator pages and the files of a talk: plain forms, nothing in an address, each link once."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from starlette.testclient import TestClient

from assistant.answer import Role
from assistant.frame import read
from assistant.service.app import build
from assistant.service.calculators import TICKET
from assistant.settings import Settings
from tools.calculators.registry import calculators

pytestmark = pytest.mark.network


@pytest.fixture
def desk(scripted: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setenv("GRADIO_TEMP_DIR", "put back afterwards")
    return scripted.ScriptedDesk(Settings(data_dir=tmp_path))


@pytest.fixture
def client(desk: object, tmp_path: Path) -> TestClient:
    return TestClient(build(Settings(data_dir=tmp_path), desk), base_url="http://127.0.0.1")  # type: ignore[arg-type]


def test_every_calculator_is_listed_and_has_its_form(client: TestClient) -> None:
    listed = client.get("/calculators").text
    for name, one in calculators().items():
        assert f'href="/calculators/{name}"' in listed
        form = client.get(f"/calculators/{name}").text
        assert all(f'name="{field.name}"' in form for field in one.fields), name
        assert "<script" not in form


def test_a_value_comes_with_its_working_and_what_was_typed_stays(client: TestClient) -> None:
    told = {
        "creatinine": "1,5",
        "creatinine:unit": "mg/dL",
        "age": "72",
        "age:unit": "years",
        "sex": "female",
    }
    page = client.post("/calculators/ckd_epi_2021", data=told).text
    assert "mL/min/1.73 m²" in page
    assert "<h2>Working</h2>" in page
    assert 'value="1,5"' in page


def test_what_is_missing_is_named_at_its_field(client: TestClient) -> None:
    page = client.post("/calculators/ckd_epi_2021", data={"age": "72", "age:unit": "years"}).text
    assert 'role="alert"' in page
    assert "creatinine (missing)" in page


@pytest.mark.parametrize("value", ["<script>alert(1)</script>", "1e999", "-4", "nan", "x" * 5000])
def test_hostile_values_are_refused_in_words_and_shown_inert(client: TestClient, value: str) -> None:
    told = {
        "creatinine": value,
        "creatinine:unit": "mg/dL",
        "age": "72",
        "age:unit": "years",
        "sex": "female",
    }
    reply = client.post("/calculators/ckd_epi_2021", data=told)
    assert reply.status_code == 200
    assert "<script" not in reply.text
    assert 'role="alert"' in reply.text


def test_an_unknown_calculator_and_a_bomb_are_refused(client: TestClient) -> None:
    assert client.get("/calculators/nothing").status_code == 404
    assert client.post("/calculators/ckd_epi_2021", content=b"a=" + b"1" * 30_000).status_code == 413


def test_another_site_cannot_send_a_form(client: TestClient) -> None:
    reply = client.post("/calculators/ckd_epi_2021", data={}, headers={"sec-fetch-site": "cross-site"})
    assert reply.status_code == 403


def test_a_talk_fills_the_forms_once(client: TestClient, desk: object) -> None:
    session = desk.open(Role.CLINICIAN)  # type: ignore[attr-defined]
    desk.edit(session, "age_years", "72")  # type: ignore[attr-defined]
    desk.edit(session, "creatinine", "1.5")  # type: ignore[attr-defined]
    way = desk.tickets.issue(session, TICKET).removeprefix("/files/")  # type: ignore[attr-defined]
    page = client.get(f"/calculators/from/{way}").text
    assert "(2 known)" in page
    assert client.get(f"/calculators/from/{way}").status_code == 404
    form = client.post("/calculators/ckd_epi_2021", data={"fill": "1", "age": "72", "creatinine": "1.5"}).text
    assert 'value="72"' in form
    assert "Working" not in form


def test_a_sheet_is_given_once_and_only_to_its_ticket(client: TestClient, desk: object) -> None:
    session = desk.open(Role.CLINICIAN)  # type: ignore[attr-defined]
    way = desk.tickets.issue(session, "clinician.md")  # type: ignore[attr-defined]
    reply = client.get(way)
    assert reply.status_code == 200
    assert reply.content == b"sheet"
    assert reply.headers["content-disposition"] == 'attachment; filename="consilium-clinician.md"'
    assert client.get(way).status_code == 404
    assert client.get("/files/guessed").status_code == 404


def test_a_unit_of_the_record_is_chosen_as_the_form_writes_it_or_the_value_is_not_filled(
    client: TestClient, desk: object
) -> None:
    """A browser sends the first unit of a list where none is chosen: 133 umol/L would become 133 mg/dL."""
    kept = desk.sessions.get(desk.open(Role.CLINICIAN))  # type: ignore[attr-defined]
    kept.patient, _ = read("creatinine 133 umol/L", kept.patient)
    way = desk.tickets.issue(kept.id, TICKET).removeprefix("/files/")  # type: ignore[attr-defined]
    filled = client.get(f"/calculators/from/{way}").text.split('action="/calculators/ckd_epi_2021"')[1]
    assert 'name="creatinine:unit" value="µmol/L"' in filled.split("</form>")[0]
    told = {"fill": "1", "creatinine": "133", "creatinine:unit": "nobody's"}
    form = client.post("/calculators/ckd_epi_2021", data=told).text
    assert 'aria-label="unit of creatinine"><option value=""' in form


@pytest.mark.parametrize("value", ["1,200", "12,000,000"])
def test_a_comma_that_may_part_thousands_is_not_read_as_a_decimal_comma(
    client: TestClient, value: str
) -> None:
    told = {"creatinine": value, "creatinine:unit": "mg/dL", "age": "72", "age:unit": "years", "sex": "male"}
    assert 'role="alert"' in client.post("/calculators/ckd_epi_2021", data=told).text


def test_what_is_neither_yes_nor_no_is_not_taken_for_no(client: TestClient) -> None:
    yes_no = {"name": "curb65", "field": "confusion"}
    assert any(one.name == yes_no["field"] for one in calculators()[yes_no["name"]].fields)
    reply = client.post(f"/calculators/{yes_no['name']}", data={yes_no["field"]: "<i>perhaps</i>"})
    assert 'role="alert"' in reply.text
    assert "confusion" in reply.text.split("</p>")[0]
    assert "<i>" not in reply.text


def test_a_form_of_too_many_fields_is_refused(client: TestClient) -> None:
    assert client.post("/calculators/ckd_epi_2021", content=b"a=1&" * 500).status_code == 413


def test_a_ticket_for_the_calculators_opens_no_file(client: TestClient, desk: object) -> None:
    session = desk.open(Role.CLINICIAN)  # type: ignore[attr-defined]
    assert client.get(desk.tickets.issue(session, TICKET)).status_code == 404  # type: ignore[attr-defined]
