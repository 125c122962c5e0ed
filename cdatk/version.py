"""The version of the toolkit, in one place (pyproject.toml reads it from here).

The rule: nothing else is ever written in this file.
"""

VERSION = "0.1.0"
