"""House rules of French typography, for every test that reads French words of ours."""

from __future__ import annotations

import re

_MISSING_SPACE = re.compile(r"[^\u00a0\u202f\s:/]([;!?»]|:(?=\s|$))|«[^\u00a0]|[^\u00a0\u202f\d]%")
_PLAIN_SPACE = re.compile(r" [:;?!%»]|« ")


def faults(text: str) -> list[str]:
    """What the house style forbids in a French text: missing or breaking spaces, the curly apostrophe."""
    found = [
        m.group(0) for pattern in (_MISSING_SPACE, _PLAIN_SPACE) for m in pattern.finditer(re.sub(r"&\w+;", "", text))
    ]
    return found + ["\u2019"] * text.count("\u2019")
