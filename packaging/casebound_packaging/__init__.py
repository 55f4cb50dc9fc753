"""The evidence package: its ledger, its seals, and the verifier that stands alone.

The lowest layer of Casebound. It knows no case, no database and no window, so that an opposing
expert can read and run it by itself. The format it writes and checks is described in docs/format.md.
"""

__version__ = "0.1.0"
FORMAT_VERSION = 1
