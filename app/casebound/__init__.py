"""A case and the work done on it: sources, events, marks, attachments, findings and the custody of all of them.

No Qt and no output format in here. What leaves this package are frozen snapshots (`casebound.case`).
"""

from casebound_packaging import __version__

__all__ = ["__version__"]
