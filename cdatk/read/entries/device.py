"""Medical devices and implants: E.5.

The rule: the device is the thing that plays the device role; an absence code in its place is no device.
"""

from __future__ import annotations

from cdatk.model import DeviceUse, Item, Participation, Statement
from cdatk.read.entries.common import Claims, first_interval, first_name
from cdatk.read.reader import Reader


def read_device(reader: Reader, root: Statement, kind: str) -> tuple[Item, ...]:
    """The device of a supply (eHDSI, IHE) or of a procedure that implanted it."""
    if root.kind not in ("supply", "procedure"):
        return ()
    participation = _device_participation(root)
    role = participation.role if participation is not None else None
    if root.kind == "procedure" and role is None:
        return ()
    code = role.entity_code if role is not None else None
    absent = reader.absence((code, root.code))
    reader.bind_one("device.absent", absent)
    if code is not absent:
        reader.bind_one("device.code", code)
    claims = Claims(reader, root.relations)
    return (
        DeviceUse(
            statement=root,
            absent=absent,
            participation=participation,
            code=None if code is absent else code,
            name=first_name(role.entity_names) if role is not None else "",
            time=first_interval(root),
            others=claims.rest(),
        ),
    )


def _device_participation(root: Statement) -> Participation | None:
    found = root.taking_part("participant")
    return next((p for p in found if p.type_code in ("DEV", "PRD") and p.role is not None), None)
