"""FHIR R4 out of a document: an International Patient Summary Bundle, or a sound document Bundle of another type.

The rule: what the document says is said, what it does not say is not, and what R4 has no element for is carried.
Read ``bundle.py`` for the whole, ``dispatch.py`` for the entries, ``maps.toml`` for what becomes what.
"""

from cdatk.emit.fhir.bundle import emit_fhir

__all__ = ["emit_fhir"]
