"""Checks on what was received. They report; whether the flow stops is decided by the report.

The rule: a check has no effect on what later stages see.
"""

from cdatk.validate.attachments import check_attachment
from cdatk.validate.bindings import check_bindings
from cdatk.validate.rules import check_document, check_source

__all__ = ["check_attachment", "check_bindings", "check_document", "check_source"]
