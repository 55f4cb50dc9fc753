"""The verifier: `verify(path, trust)` answers with a `Report`, for a package, an unpacked folder or a report alone.

Trust comes only from the caller, never from inside the package and never from the system's certificate store. What each
verdict means stands in docs/verifying.md.
"""

from casebound_packaging.verify.examination import verify
from casebound_packaging.verify.trust import BadTrust, Trust, accepted, fingerprint
from casebound_packaging.verify.verdict import LIMITS, CheckResult, Report, SignerFacts, Verdict
from casebound_packaging.verify.wording import FOOTER

__all__ = [
    "FOOTER",
    "LIMITS",
    "BadTrust",
    "CheckResult",
    "Report",
    "SignerFacts",
    "Trust",
    "Verdict",
    "accepted",
    "fingerprint",
    "verify",
]
