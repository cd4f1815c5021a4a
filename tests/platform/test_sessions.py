"""Sessions: nobody sees another's, one turn at a time, limits in words, and forgetting leaves nothing."""

from __future__ import annotations

import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant import sessions as module
from assistant.answer import Answer, Role
from assistant.sessions import NoSuchSession, SessionFull, Sessions, Turn, TurnInProgress, UploadRefused
from assistant.settings import Limits
from retrieval.evidence import Artifact, not_found
from retrieval.patient import Known, Origin, OriginKind, Patient

TEXT = b"tired for three days"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PATIENT = Patient(age_years=Known(value=62.0, unit="years", origin=Origin(kind=OriginKind.WORDS, where="62")))
PICTURE = Artifact(title="map", media_type="image/png", data=b"AAAA", alt="a map")


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    return Sessions(tmp_path, Limits(uploads=3, upload_bytes=1000, turns=2))


def finished(session: module.Session) -> Turn:
    answer = Answer(
        id=f"a{session.turn}", session=session.id, turn=session.turn, role=session.role, question="tired"
    )
    return Turn("tired", answer, {1: not_found("searched, nothing")})


def files(tmp_path: Path) -> list[Path]:
    return [file for file in (tmp_path / "sessions").rglob("*") if file.is_file()]


def test_a_session_is_opened_with_an_id_of_its_own(sessions: Sessions) -> None:
    opened = [sessions.open(Role.CLINICIAN, "GB") for _ in range(50)]
    assert len({session.id for session in opened}) == 50
    assert all(len(session.id) >= 32 and session.id.startswith("s") for session in opened)
    assert sessions.get(opened[7].id) is opened[7]
    assert (opened[0].role, opened[0].country, opened[0].turn) == (Role.CLINICIAN, "GB", 0)
    assert opened[0].patient == Patient()


def test_unknown_foreign_and_forgotten_are_told_in_the_same_words(tmp_path: Path, sessions: Sessions) -> None:
    other = Sessions(tmp_path, Limits())
    foreign, gone = other.open(Role.PATIENT).id, sessions.open(Role.PATIENT).id
    sessions.forget(gone)
    said = set()
    for session_id in ("", "s", "unknown", "../../etc", foreign, gone, "x\0y"):
        for attempt in (sessions.get, sessions.forget, lambda one: sessions.attach(one, "a", TEXT)):
            with pytest.raises(NoSuchSession) as refusal:
                attempt(session_id)
            said.add(str(refusal.value))
        with pytest.raises(NoSuchSession), sessions.turn(session_id):
            pass
    assert said == {"There is no such session."}
    assert other.get(foreign).id == foreign


def test_two_sessions_share_nothing(sessions: Sessions) -> None:
    one, two = sessions.open(Role.CLINICIAN), sessions.open(Role.PATIENT)
    sessions.attach(one.id, "note.txt", TEXT)
    with sessions.turn(one.id):
        one.remember(finished(one), PATIENT, {"t1c1p1": PICTURE})
    assert (two.attachments, two.turns, two.pictures, two.turn, two.patient) == ({}, [], {}, 0, Patient())
    assert (one.patient, one.pictures, len(one.turns)) == (PATIENT, {"t1c1p1": PICTURE}, 1)
    assert one.turns[0].answer.turn == 1


def test_turns_are_counted_also_when_they_fail_and_end(sessions: Sessions) -> None:
    session = sessions.open(Role.CLINICIAN)
    with pytest.raises(KeyError), sessions.turn(session.id):
        raise KeyError("a bug in the turn")
    with sessions.turn(session.id) as same:
        assert same is session
        assert session.turn == 2
    with pytest.raises(SessionFull, match="2 turns"), sessions.turn(session.id):
        pass
    assert session.turn == 2
    assert not session.busy.locked()


def test_a_second_question_is_told_to_wait(sessions: Sessions) -> None:
    session = sessions.open(Role.CLINICIAN)
    other = sessions.open(Role.CLINICIAN)
    with sessions.turn(session.id):
        with pytest.raises(TurnInProgress, match="still being answered"), sessions.turn(session.id):
            pass
        with sessions.turn(other.id):
            assert other.turn == 1
    with sessions.turn(session.id):
        assert session.turn == 2


def test_of_many_questions_at_once_one_is_taken(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path, Limits())
    session = sessions.open(Role.CLINICIAN)
    start, done = threading.Barrier(8), threading.Barrier(8)

    def ask() -> str:
        start.wait(10)
        try:
            with sessions.turn(session.id):
                done.wait(10)
                return "taken"
        except TurnInProgress:
            done.wait(10)
            return "told to wait"

    with ThreadPoolExecutor(8) as pool:
        said = [future.result() for future in [pool.submit(ask) for _ in range(8)]]
    assert sorted(said) == ["taken"] + ["told to wait"] * 7
    assert session.turn == 1


def test_a_file_is_kept_under_a_name_of_ours(tmp_path: Path, sessions: Sessions) -> None:
    session = sessions.open(Role.CLINICIAN)
    kept = sessions.attach(session.id, "note.txt", TEXT)
    assert (kept.id, kept.name, kept.kind) == ("file1", "note.txt", "text")
    assert sessions.attach(session.id, "note.txt", TEXT).id == "file2"
    assert list(session.attachments) == ["file1", "file2"]
    path = Path(kept.path)
    assert path.read_bytes() == TEXT
    assert path.parent == tmp_path / "sessions" / session.id
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "name",
    [
        "../../x",
        "/etc/passwd",
        "CON",
        "a\0b",
        "..",
        ".",
        "",
        "~",
        "C:\\x",
        "x" * 10_000,
        "\ud800",
        "<script>",
        "\r\n",
    ],
)
def test_a_hostile_name_is_never_a_path(tmp_path: Path, sessions: Sessions, name: str) -> None:
    session = sessions.open(Role.PATIENT)
    kept = sessions.attach(session.id, name, TEXT)
    assert files(tmp_path) == [Path(kept.path)]
    assert Path(kept.path).name.isalnum()
    assert len(kept.name) <= 120
    assert kept.model_dump_json()


def test_the_kind_is_told_by_content_not_by_name(sessions: Sessions) -> None:
    session = sessions.open(Role.CLINICIAN)
    assert sessions.attach(session.id, "x.vcf", b"\x89PNG\r\n\x1a\n" + b"\0" * 40).kind == "image"
    assert sessions.attach(session.id, "x.png", b"##fileformat=VCFv4.2\n").kind == "vcf"


def test_limits_of_uploads_have_words_and_keep_nothing(tmp_path: Path, sessions: Sessions) -> None:
    session = sessions.open(Role.CLINICIAN)
    with pytest.raises(UploadRefused, match="empty"):
        sessions.attach(session.id, "a", b"")
    with pytest.raises(UploadRefused, match=r"0\.0 MB; 0\.001 MB"):
        sessions.attach(session.id, "a", b"x" * 1001)
    assert files(tmp_path) == []
    for _ in range(3):
        sessions.attach(session.id, "a", b"x" * 1000)
    with pytest.raises(UploadRefused, match="3 files"):
        sessions.attach(session.id, "a", TEXT)
    assert len(files(tmp_path)) == len(session.attachments) == 3


def test_a_full_disk_is_told_and_leaves_nothing(
    tmp_path: Path, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = sessions.open(Role.CLINICIAN)

    def full(folder: Path, data: bytes) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "put_away", full)
    with pytest.raises(UploadRefused, match="No space left"):
        sessions.attach(session.id, "a", TEXT)
    assert session.attachments == {}


def test_files_that_come_at_once_keep_to_the_limit(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path, Limits(uploads=10))
    session = sessions.open(Role.CLINICIAN)

    def attach(n: int) -> str:
        try:
            return sessions.attach(session.id, f"{n}.txt", TEXT + str(n).encode()).id
        except UploadRefused:
            return "refused"

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(attach, range(25)))
    assert said.count("refused") == 15
    assert set(said) - {"refused"} == {f"file{n}" for n in range(1, 11)} == set(session.attachments)
    assert len(files(tmp_path)) == 10


def test_forgetting_removes_all_of_it(tmp_path: Path, sessions: Sessions) -> None:
    session, other = sessions.open(Role.CLINICIAN), sessions.open(Role.CLINICIAN)
    sessions.attach(session.id, "a", TEXT)
    kept = sessions.attach(other.id, "b", TEXT)
    with sessions.turn(session.id):
        session.remember(finished(session), PATIENT, {"p": PICTURE})
    sessions.forget(session.id)
    assert not (tmp_path / "sessions" / session.id).exists()
    assert (session.patient, session.attachments, session.turns, session.pictures) == (Patient(), {}, [], {})
    assert files(tmp_path) == [Path(kept.path)]
    assert sessions.get(other.id) is other


def test_a_turn_under_way_leaves_nothing_in_a_forgotten_session(tmp_path: Path, sessions: Sessions) -> None:
    session = sessions.open(Role.CLINICIAN)
    with sessions.turn(session.id):
        sessions.forget(session.id)
        with pytest.raises(NoSuchSession):
            session.remember(finished(session), PATIENT, {"p": PICTURE})
    assert (session.turns, session.patient, session.pictures) == ([], Patient(), {})
    assert not session.busy.locked()


def test_forgetting_while_files_come_in_leaves_no_file(tmp_path: Path) -> None:
    for _ in range(20):
        sessions = Sessions(tmp_path, Limits(uploads=50))
        session = sessions.open(Role.CLINICIAN)
        start = threading.Barrier(3)

        def attach(
            sessions: Sessions = sessions, session_id: str = session.id, start: threading.Barrier = start
        ) -> None:
            start.wait(10)
            try:
                for n in range(20):
                    sessions.attach(session_id, str(n), TEXT)
            except NoSuchSession:
                return

        threads = [threading.Thread(target=attach) for _ in range(2)]
        for thread in threads:
            thread.start()
        start.wait(10)
        sessions.forget(session.id)
        for thread in threads:
            thread.join()
        assert files(tmp_path) == []


def test_what_lies_idle_is_swept(tmp_path: Path) -> None:
    clock = [NOW]
    sessions = Sessions(tmp_path, Limits(), clock=lambda: clock[0])
    idle, used = sessions.open(Role.CLINICIAN), sessions.open(Role.CLINICIAN)
    clock[0] = NOW + timedelta(hours=20)
    with sessions.turn(used.id):
        pass
    assert sessions.sweep(NOW + timedelta(hours=24)) == ()
    assert sessions.sweep(NOW + timedelta(hours=24, seconds=1)) == (idle.id,)
    assert sessions.get(used.id) is used
    with pytest.raises(NoSuchSession):
        sessions.get(idle.id)


def test_a_session_in_its_turn_is_not_swept(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path, Limits(), clock=lambda: NOW)
    session = sessions.open(Role.CLINICIAN)
    with sessions.turn(session.id):
        assert sessions.sweep(NOW + timedelta(days=3)) == ()
    assert sessions.sweep(NOW + timedelta(days=3)) == (session.id,)


def test_files_that_a_stopped_process_left_are_swept_later(tmp_path: Path) -> None:
    stopped = Sessions(tmp_path, Limits())
    left = stopped.open(Role.CLINICIAN)
    stopped.attach(left.id, "a", TEXT)
    sessions = Sessions(tmp_path, Limits())
    now = datetime.now(UTC)
    assert sessions.sweep(now + timedelta(hours=1)) == ()
    assert len(files(tmp_path)) == 1
    assert sessions.sweep(now + timedelta(hours=25)) == (left.id,)
    assert files(tmp_path) == []


def test_a_sweep_with_nothing_there(tmp_path: Path) -> None:
    assert Sessions(tmp_path, Limits()).sweep(NOW) == ()
    assert list(tmp_path.iterdir()) == []
