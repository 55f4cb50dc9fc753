"""A small case of every kind of thing, and packages made of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from sealed_case import Kept, Made, build, unpack


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = build(tmp_path)
    yield made
    made.case.close()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    folder = tmp_path_factory.mktemp("made")
    kept = build(folder)
    package = kept.exporter().export(kept.case, folder / "out")
    yield Made(kept, package, unpack(Path(package.path), folder / "unpacked"))
    kept.case.close()
