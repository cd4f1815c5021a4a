"""Pregnancy by the calendar: due date, conception, gestational age. No clock is read: every day is given."""

from __future__ import annotations

from datetime import timedelta

from tools.calculators import fields as f
from tools.calculators.registry import Calculator, Limit
from tools.calculators.values import Values, Worked, figure

PERIOD = f.day("last_period", "first day of the last menstrual period")
TODAY = f.day("on_day", "the day for which the age is wanted")
CYCLE = f.number("cycle_length", "length of the cycle", "days", 10, 90)
LONGEST = 44 * 7
"""Days; beyond 44 weeks the calendar is not about this pregnancy."""


def _due(values: Values) -> Worked:
    """Naegele's rule: 40 weeks after the last period, moved by how far the cycle differs from 28 days."""
    start, cycle = values.day("last_period"), values["cycle_length"]
    term = start + timedelta(weeks=40)
    due = term + timedelta(days=round(cycle) - 28)
    lines = (
        f"{start} + 40 weeks = {term}",
        f"{term} + ({figure(cycle)} − 28) days = {due}",
    )
    return Worked(value=due.isoformat(), lines=lines)


def _conception(values: Values) -> Worked:
    start = values.day("last_period")
    day = start + timedelta(weeks=2)
    return Worked(value=day.isoformat(), lines=(f"{start} + 2 weeks = {day}",))


def _age(values: Values) -> Worked:
    days = (values.day("on_day") - values.day("last_period")).days
    weeks, rest = divmod(days, 7)
    value = f"{weeks} weeks {rest} days"
    line = f"{values.day('on_day')} − {values.day('last_period')} = {days} days = {value}"
    return Worked(value=value, lines=(line,))


def _order(values: Values) -> str:
    before = values.day("on_day") < values.day("last_period")
    return "the day lies before the last period" if before else ""


def _too_long(values: Values) -> str:
    days = (values.day("on_day") - values.day("last_period")).days
    return "more than 44 weeks have passed since the last period" if days > LONGEST else ""


CALCULATORS = (
    Calculator(
        "due_date",
        "Estimated due date (Naegele)",
        "",
        (PERIOD, CYCLE),
        _due,
        limits=(Limit("cycle_length", 20, 45, "the rule takes a regular cycle of 20 to 45 days"),),
    ),
    Calculator("conception_date", "Estimated day of conception", "", (PERIOD,), _conception),
    Calculator(
        "gestational_age", "Gestational age", "", (PERIOD, TODAY), _age, wrong=_order, outside=_too_long
    ),
)
