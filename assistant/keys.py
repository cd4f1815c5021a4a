"""The local key: 32 random bytes that encrypt the archive and hide who acted in the audit.

It lies in ``key`` of the data folder, readable by its owner only, or where ``CONSILIUM_KEY_FILE`` points.
Once it is lost the archive can no longer be read; the audit can still be verified.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

LENGTH = 32
VARIABLE = "CONSILIUM_KEY_FILE"


class KeyRefused(ValueError):
    """The key file is missing, too short or readable by others; the message says what to do."""


def key_file(data_dir: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """Where the key lies: the file that ``CONSILIUM_KEY_FILE`` names, else ``key`` in the data folder."""
    named = environ.get(VARIABLE, "")
    return Path(named).expanduser() if named else data_dir / "key"


def load_key(data_dir: Path, environ: Mapping[str, str] = os.environ) -> bytes:
    """The key, at least 32 bytes. The one in the data folder is made if missing; a named one never is.

    Raises:
        KeyRefused: the named file is missing, or the file is too short, unreadable or open to others.
    """
    file = key_file(data_dir, environ)
    if not file.exists():
        if environ.get(VARIABLE):
            raise KeyRefused(f"{VARIABLE} names {file}, which does not exist; {_how_to_make(file)}")
        _make(file)
    return _read(file)


def derived(key: bytes, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose (HMAC-SHA256), so that no two uses share one."""
    return hmac.new(key, f"consilium:{purpose}".encode(), hashlib.sha256).digest()


def pseudonym(key: bytes, user: str) -> str:
    """The user as the audit names them: 32 hexadecimal digits that nobody can turn back without the key."""
    return hmac.new(derived(key, "actor"), user.encode(), hashlib.sha256).hexdigest()[:32]


def _make(file: Path) -> None:
    """Write aside, then link: of two processes that start at once one wins, and both read the same key."""
    aside = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(secrets.token_bytes(LENGTH))
            out.flush()
            os.fsync(out.fileno())
        os.link(aside, file)
    except FileExistsError:
        pass  # the other process was first
    finally:
        aside.unlink()


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as held:
            mode = os.fstat(held.fileno()).st_mode
            key = held.read()
    except OSError as trouble:
        raise KeyRefused(
            f"the key {file} cannot be read: {trouble.strerror}; try: chmod 600 {file}"
        ) from None
    if os.name == "posix" and mode & 0o077:
        raise KeyRefused(f"the key {file} can be read by others; close it with: chmod 600 {file}")
    if len(key) < LENGTH:
        raise KeyRefused(f"the key {file} has {len(key)} bytes, it needs {LENGTH}; {_how_to_make(file)}")
    return key


def _how_to_make(file: Path) -> str:
    return f"make one with: head -c {LENGTH} /dev/urandom > {file} && chmod 600 {file}"
