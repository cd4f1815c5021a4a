"""Nothing leaves the machine: a hook in the interpreter refuses every host that no setting names.

Loopback, Unix sockets and the hosts of the settings pass; everything else, look-ups included, is refused with
the host's name and counted. A hook cannot be taken out again: entry points install it, an import never does.
It cannot see native code that opens sockets by itself (Chroma's Rust part, htslib; uvloop, which is therefore
made impossible to import). Of a name given straight to ``socket.connect`` it stops the connection only, not
the look-up.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

HOST_FIRST = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})
ADDRESS_FIRST = frozenset({"socket.getnameinfo"})
SOCKET_FIRST = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
WATCHED = HOST_FIRST | ADDRESS_FIRST | SOCKET_FIRST
REMEMBERED = 1000


class EgressRefused(ConnectionError):
    """A connection or look-up that no setting allows; an OSError: to libraries there is no network."""


class Refusal(NamedTuple):
    """A host that somebody wanted to reach, by which event, and how often."""

    host: str
    event: str
    times: int


class _Guard:
    """The process's one guard; there can only be one, as there is only one chain of hooks."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.installed = False
        self.allowed: Counter[str] = Counter()
        self.addresses: set[str] = set()
        self.refused: Counter[tuple[str, str]] = Counter()

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in WATCHED:
            return
        host = _host(event, arguments)
        if host is None or _local(host) or self.allowed[host] > 0 or host in self.addresses:
            return
        with self.lock:
            if len(self.refused) < REMEMBERED or (host, event) in self.refused:
                self.refused[host, event] += 1
        raise EgressRefused(
            f"connection to {host} refused: nothing leaves this computer but to hosts named in the settings. "
            "If it is your model or search server, name it in [model] base_url or [retrieval] chroma_url."
        )

    def change(self, hosts: Iterable[str], by: int) -> None:
        with self.lock:
            for host in hosts:
                self.allowed[_plain(host)] += by
            self.allowed += Counter()  # drops what stands at zero
            if by < 0:
                self.addresses.clear()  # looked up again for the hosts that are still allowed


_guard = _Guard()


def install(allowed_hosts: Iterable[str] = ()) -> None:
    """Refuse everything outside from now on, in the whole process; entry points only, once and for all.

    ``allowed_hosts`` are the names of ``Settings.hosts``. A second call adds hosts and no second hook.
    """
    _guard.change(allowed_hosts, 1)
    with _guard.lock:
        if _guard.installed:
            return
        _guard.installed = True
    sys.modules.setdefault("uvloop", None)  # type: ignore[arg-type]  # "cannot be imported": it evades the hook
    _remember_addresses()
    sys.addaudithook(_guard)


@contextmanager
def allowing(*hosts: str) -> Iterator[None]:
    """Let these hosts through inside the block, in the whole process: for commands that fetch something."""
    _guard.change(hosts, 1)
    try:
        yield
    finally:
        _guard.change(hosts, -1)


def refused() -> tuple[Refusal, ...]:
    """What was refused so far, in order of the first time."""
    with _guard.lock:
        return tuple(Refusal(host, event, times) for (host, event), times in _guard.refused.items())


def _remember_addresses() -> None:
    """A connection is made to an address, not to a name: note which addresses the allowed names have."""
    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, *more: Any, **named: Any) -> Any:
        found = look_up(host, *more, **named)
        if host and _guard.allowed[_plain(host)] > 0:
            with _guard.lock:
                _guard.addresses.update(str(entry[4][0]) for entry in found)
        return found

    socket.getaddrinfo = getaddrinfo


def _host(event: str, arguments: tuple[Any, ...]) -> str | None:
    """The host that an event speaks about; None where it can only be this machine."""
    if event in HOST_FIRST:
        return _plain(arguments[0]) if arguments[0] else None
    if event in ADDRESS_FIRST:
        return _plain(arguments[0][0])
    family, address = arguments[0].family, arguments[1]
    if address is None or family in _LOCAL_FAMILIES:
        return None
    inside = isinstance(address, tuple) and family in (socket.AF_INET, socket.AF_INET6)
    return _plain(address[0]) if inside else f"a socket of family {int(family)}"


_LOCAL_FAMILIES = frozenset(
    getattr(socket, name) for name in ("AF_UNIX", "AF_NETLINK", "AF_ALG") if hasattr(socket, name)
)


def _plain(host: str | bytes | bytearray) -> str:
    name = host if isinstance(host, str) else bytes(host).decode("ascii", errors="replace")
    return name.lower().rstrip(".").strip("[]")


def _local(host: str) -> bool:
    if host in ("localhost", ""):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return mapped.is_loopback or mapped.is_unspecified
