"""Sealed specimens, made once for all tests of the package and its verifier."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode has no other way to share `specimen`

from specimen import NOW, Authority, seal_specimen, timedelta

from casebound_packaging.identity import Identity


@pytest.fixture(scope="session")
def signer() -> Identity:
    """Mary, who issued her certificate herself a day ago."""
    return Identity.create("Mary Okafor", organisation="Example Ltd", clock=lambda: NOW - timedelta(days=1))


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority.create("Example Root")


@pytest.fixture(scope="session")
def employee(authority: Authority) -> Identity:
    """A signer under the organisation's root."""
    return authority.issue("Ben Alvarez")


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory, signer: Identity) -> Path:
    """A package sealed by Mary."""
    return seal_specimen(tmp_path_factory.mktemp("sealed"), signer)


@pytest.fixture(scope="session")
def issued_package(tmp_path_factory: pytest.TempPathFactory, employee: Identity) -> Path:
    """The same, sealed by Ben under the organisation's root."""
    return seal_specimen(tmp_path_factory.mktemp("issued"), employee)
