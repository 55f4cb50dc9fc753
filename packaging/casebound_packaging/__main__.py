"""`python -m casebound_packaging`: the same as the program `casebound-verify`."""

import sys

from casebound_packaging.cli import main

if __name__ == "__main__":
    sys.exit(main())
