"""`python -m casebound_ui`: the same as the program `casebound`."""

import sys

from casebound_ui.entry import main

if __name__ == "__main__":
    sys.exit(main())
