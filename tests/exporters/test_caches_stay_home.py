"""Text indexes and codes of columns are caches of one folder: no package holds them or tells of them."""

from __future__ import annotations

import zipfile
from pathlib import Path

from sealed_case import Kept


def test_no_package_holds_an_index_or_codes(kept: Kept, tmp_path: Path) -> None:
    assert kept.case.build_column_codes(least_rows=1) > 0
    kept.case.build_text_indexes(least_rows=1)
    caches = [*kept.case.path.glob("codes/*"), *kept.case.path.glob("text/*")]
    assert caches
    package = kept.exporter().export(kept.case, tmp_path / "out")
    with zipfile.ZipFile(package.path) as archive:
        names = archive.namelist()
        kept_bytes = {archive.read(name) for name in names}
    assert names
    assert not [name for name in names if name.endswith(".codes") or "/codes" in name or "/text/" in name]
    assert not [path for path in caches if path.read_bytes() in kept_bytes]
