"""Checks on what was received. They report; whether the flow stops is decided by the report.

The rule: a check has no effect on what later stages see.
"""

from cdatk.validate.rules import check_document, check_source

__all__ = ["check_document", "check_source"]
