"""What the library raises for a certificate that was made to be unreadable; none of it is a `ValueError`."""

from __future__ import annotations

from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

UNREADABLE: Final = (
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""To be caught wherever a stranger's certificate is asked for its key, its version or its extensions."""
