"""A report as JSON: the data that it was made from, unrounded, for another program."""

from __future__ import annotations

import json

from pydantic import BaseModel

from genomics import VERSION
from genomics.report.notice import notice
from genomics.report.rows import Report

SCHEMA = "consilium-genomics-report/1"


def as_json(report: Report) -> str:
    """One document: schema, kind, title, notice, subject, versions; keys in fixed order, so the same data give the
    same bytes."""
    subject = report.subject
    told = (
        subject.model_dump(mode="json")
        if isinstance(subject, BaseModel)
        else [one.model_dump(mode="json") for one in subject]
    )
    document = {
        "schema": SCHEMA,
        "kind": report.kind,
        "title": report.title,
        "notice": notice(report),
        "made": report.made,
        "versions": {"genomics": VERSION, **report.versions},
        "subject": told,
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
