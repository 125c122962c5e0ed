"""A bundle from a few lines of CDA (see fhir_bundle.py)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from documents import document
from fhir_bundle import Bundle, make


@pytest.fixture
def bundle() -> Callable[..., Bundle]:
    """Make a bundle from sections, as ``documents.section`` writes them."""
    return lambda *sections, **options: make(document(*sections, **options), options.get("code", "60591-5"))


@pytest.fixture
def bundle_of() -> Callable[[bytes], Bundle]:
    """Make a bundle from a whole document."""
    return make
