"""Document profiles: what is special about a document type or a country is data here, never code.

The rule: a profile says which sections, labels, coded paths and header elements a document type has; it is read
from TOML, checked once, and frozen. ``base.toml`` holds what all eHDSI documents share, a document's own file adds
to it or overrides it by key, ``countries/<cc>.toml`` overrides that.
"""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

import msgspec

from cdatk.profiles.schema import GUIDES, Binding, Guide, Profile, Requirement, Rule, RuleBook, SectionRule, SystemRule
from cdatk.resources import profiles_dir

__all__ = [
    "GUIDES",
    "Binding",
    "Guide",
    "Profile",
    "Requirement",
    "Rule",
    "RuleBook",
    "SectionRule",
    "SystemRule",
    "all_profiles",
    "country_profile",
    "profile_for_code",
    "rule_book",
]

KEYED_LISTS = {
    "section": "code",
    "coded": "path",
    "label": "field",
    "system": "name",
    "requirement": "name",
    "rule": "name",
}
RULE_FILES = ("rules/header.toml", "rules/sections.toml", "rules/entries.toml", "rules/datatypes.toml")


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((profiles_dir() / name).read_text("utf-8"))


def _merge(base: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """``patch`` over ``base``: tables merge, keyed lists merge row by row, everything else is replaced."""
    merged = dict(base)
    for key, value in patch.items():
        if key in KEYED_LISTS and key in base:
            rows = {row[KEYED_LISTS[key]]: row for row in base[key]}
            for row in value:
                rows[row[KEYED_LISTS[key]]] = {**rows.get(row[KEYED_LISTS[key]], {}), **row}
            merged[key] = list(rows.values())
        elif isinstance(value, dict) and isinstance(base.get(key), dict):
            merged[key] = _merge(base[key], value)
        else:
            merged[key] = value
    return merged


@cache
def all_profiles() -> dict[str, Profile]:
    """Every document profile by its key, in the order of the file names; ``unknown`` is the generic one.

    Raises msgspec.ValidationError when a profile file is wrong: that is a bug of the installation.
    """
    base = _load("base.toml")
    documents = sorted(path.name for path in profiles_dir().glob("*.toml") if path.name != "base.toml")
    profiles = [msgspec.convert(_merge(base, _load(name)), Profile) for name in documents]
    return {profile.key: profile for profile in profiles}


def country_profile(key: str, country: str) -> Profile:
    """The profile ``key`` with the overrides of a country (ISO 3166 alpha-2), where there are any."""
    if len(country) == 2 and country.isascii() and country.isalpha():
        return _country_profile(key, country)
    return all_profiles()[key]


@cache
def _country_profile(key: str, country: str) -> Profile:
    profile = all_profiles()[key]
    path = profiles_dir() / "countries" / f"{country.lower()}.toml"
    if not path.is_file():
        return profile
    patched = _merge(msgspec.to_builtins(profile), tomllib.loads(path.read_text("utf-8")))
    patched["country"] = country.upper()
    return msgspec.convert(patched, Profile)


def profile_for_code(code: str) -> Profile:
    """The profile of a ClinicalDocument/code, or the generic one (key ``unknown``)."""
    found = _by_code().get(code)
    return found if found is not None else all_profiles()["unknown"]


@cache
def _by_code() -> dict[str, Profile]:
    profiles = reversed(all_profiles().values())  # the first one wins
    return {code: profile for profile in profiles for code in profile.codes}


@cache
def _common_rules() -> dict[str, Any]:
    rows: dict[str, Any] = {"requirement": [], "rule": []}
    for name in RULE_FILES:
        for key, added in _load(name).items():
            rows[key] += added
    return rows


def rule_book(profile: Profile) -> RuleBook:
    """The rules for documents of a profile: the common ones (``rules/*.toml``), changed by its own rows by name.

    Raises msgspec.ValidationError when a row is wrong: that is a bug of the installation.
    """
    own = {"requirement": profile.requirement, "rule": profile.rule}
    book = msgspec.convert(_merge(_common_rules(), own), RuleBook)
    return RuleBook(
        requirement=tuple(row for row in book.requirement if not row.off),
        rule=tuple(row for row in book.rule if not row.off),
    )
