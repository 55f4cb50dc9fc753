"""What leaves a case: the sealed package, the report and the tables.

Each exporter is a frozen dataclass with its own options, a `name`, a `title`, and `export(case, target_dir,
progress)`, which writes all or nothing.
A new one is registered by one line in `EXPORTERS`.
"""

from __future__ import annotations

from typing import Final

from casebound_exporters.archive import SealedPackageExporter

EXPORTERS: Final = (SealedPackageExporter,)

__all__ = ["EXPORTERS", "SealedPackageExporter"]
