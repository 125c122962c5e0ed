"""Object identifiers that the code itself needs to know.

The rule: only identifiers that steer reading or emitting stand here, each with its name; code systems with
their URIs are data (``terminology/code-systems.csv``), template ids and sections too (``profiles/``).
"""

from __future__ import annotations

from typing import Final

EHDSI: Final = "1.3.6.1.4.1.12559.11.10.1.3.1"
VALUE_SET_ARC: Final = EHDSI + ".42."

LOINC: Final = "2.16.840.1.113883.6.1"
SNOMED_CT: Final = "2.16.840.1.113883.6.96"
UCUM: Final = "2.16.840.1.113883.6.8"
ICD10_EHDSI: Final = EHDSI + ".44.2"
ORPHANET: Final = EHDSI + ".44.5"
ACT_CODE: Final = "2.16.840.1.113883.5.4"
ACT_CLASS: Final = "2.16.840.1.113883.5.6"
NULL_FLAVOR: Final = "2.16.840.1.113883.5.1008"
ABSENT_UNKNOWN: Final = "2.16.840.1.113883.5.1150.1"
TIMING_EVENT: Final = "2.16.840.1.113883.5.139"
COUNTRY: Final = "1.0.3166.1"
