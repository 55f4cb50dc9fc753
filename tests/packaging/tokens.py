"""A PKCS#11 token in software (SoftHSM) for tests: in a folder of its own, and gone with it."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from casebound_packaging.tokenkey import TokenPlace

LABEL, PIN = "Casebound test", "123456"
_PLACES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm.so", "/usr/lib64/pkcs11/libsofthsm2.so")
LIBRARY = next((Path(place) for place in _PLACES if Path(place).is_file()), None)

needs_softhsm = pytest.mark.skipif(
    LIBRARY is None or shutil.which("softhsm2-util") is None, reason="not installed: softhsm2"
)


@contextmanager
def softhsm(folder: Path) -> Iterator[TokenPlace]:
    """A fresh token with a PIN and no keys; where a key called “seal” would be."""
    import pkcs11

    assert LIBRARY is not None
    (folder / "tokens").mkdir(parents=True)
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    try:
        init = ["softhsm2-util", "--init-token", "--free", "--label", LABEL, "--so-pin", "87654321", "--pin", PIN]
        subprocess.run(init, check=True, capture_output=True)
        yield TokenPlace(LIBRARY, LABEL, "seal")
    finally:
        gc.collect()  # sessions end before their library does
        pkcs11.unload(str(LIBRARY))  # it reads its settings once; the next test has others
        if before is None:
            del os.environ["SOFTHSM2_CONF"]
        else:
            os.environ["SOFTHSM2_CONF"] = before
