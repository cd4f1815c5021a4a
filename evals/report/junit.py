"""A run as JUnit XML, for the page of a continuous-integration service."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from evals.report.gates import Held
from evals.report.marks import Marked
from evals.report.results import Run, missed

_CONTROL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MOST = 2_000
"""Characters of a message."""


def junit(run: Run, held: Sequence[Held]) -> str:
    """One suite "gates" with a case for each gate, and one for each suite of the run with a case for each of its own.

    A gate that is lost fails, one that was not run is skipped. A case fails where its suite's headline is wrong, and is
    an error where it crashed; one whose headline does not apply is skipped.
    """
    root = ET.Element("testsuites", name=f"consilium {run.manifest.profile}".strip())
    _suite(root, "gates", [_gate(one) for one in held])
    for name in run.marks:
        headline = run.suites[name].headline
        lower = next(
            (one.better == "lower" for one in run.suites[name].metrics if one.name == headline), False
        )
        _suite(root, name, [_case(name, headline, lower, one) for one in run.tested(name)])
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(root: ET.Element, name: str, cases: Sequence[ET.Element]) -> None:
    counts = {
        "tests": len(cases),
        "failures": sum(one.find("failure") is not None for one in cases),
        "errors": sum(one.find("error") is not None for one in cases),
        "skipped": sum(one.find("skipped") is not None for one in cases),
    }
    suite = ET.SubElement(
        root, "testsuite", {"name": name, **{key: str(count) for key, count in counts.items()}}
    )
    suite.extend(cases)


def _gate(held: Held) -> ET.Element:
    case = ET.Element("testcase", {"classname": "gates", "name": _clean(f"{held.id}: {held.title}")})
    if held.state == "lost":
        ET.SubElement(case, "failure", {"message": _clean(held.why)})
    elif held.state == "not run":
        ET.SubElement(case, "skipped", {"message": _clean(held.why)})
    return case


def _case(suite: str, headline: str, lower: bool, one: Marked) -> ET.Element:
    name = f"{one.case.id}" + (f" #{one.trace.repeat}" if one.trace.repeat else "")
    seconds = sum(turn.seconds for turn in one.trace.shown)
    case = ET.Element("testcase", {"classname": suite, "name": name, "time": f"{seconds:.3f}"})
    value = one.value(headline)
    if one.trace.error and one.hidden:
        ET.SubElement(case, "error", {"message": _clean(f"crashed; {one.bare}")})
    elif one.trace.error:
        lines = one.trace.error.strip().splitlines() or ["error"]
        ET.SubElement(case, "error", {"message": _clean(lines[0])}).text = _clean(one.trace.error)
    elif value is None:
        ET.SubElement(case, "skipped", {"message": f"{headline} does not apply"})
    elif (value > 0) if lower else (value < 1):
        why = one.bare if one.hidden else "; ".join(missed(one))
        ET.SubElement(case, "failure", {"message": _clean(why or f"{headline} {value:g}")})
    return case


def _clean(text: str) -> str:
    """Without characters that XML cannot hold, and not longer than a page."""
    return _CONTROL.sub("\ufffd", text)[:MOST]
