"""The countries that a patient may choose: those whose telephone lines we hold."""

from __future__ import annotations

from tools.triage.places import numbers

_NAMES = {
    "AU": "Australia", "BR": "Brazil", "CA": "Canada", "CH": "Switzerland", "CN": "China", "DE": "Germany",
    "ES": "Spain", "FI": "Finland", "FR": "France", "GB": "United Kingdom", "IE": "Ireland", "IN": "India",
    "IT": "Italy", "JP": "Japan", "MX": "Mexico", "NZ": "New Zealand", "PT": "Portugal", "US": "United States",
    "ZA": "South Africa",
}  # fmt: skip


def countries(preset: str = "") -> list[tuple[str, str]]:
    """Name and code of each, by name, after "not chosen"; ``preset`` is always among them."""
    codes = {*numbers(), *([preset] if preset else [])}
    named = sorted((_NAMES.get(code, code), code) for code in codes)
    return [("Not chosen", ""), *named]
