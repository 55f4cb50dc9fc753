"""How a case is kept on disk: SQLite for people's work and the ledger, files for originals, one writer at a time.

Nothing of SQLAlchemy leaves this package: `casebound.document.Case` hands out the frozen values of `casebound.case`.
"""
