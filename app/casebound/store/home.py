"""Where a case's folder lies, so that a copy of it is known for one and gets a log of its own.

Two copies that both went on writing under one log origin would sign two histories by one name. A folder is the same as
long as its file system, its own number there and that of case.db stay; renaming and moving on one file system keep
them, copying never does. What cannot be told from a copy (a move to another disk, a backup that was put back) counts
as one: that costs an entry and a new name, and nothing else. See docs/adr/0020.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from casebound.store.change import Change
from casebound.store.packages import log_origin


def home(path: Path, database: Path) -> str:
    """A digest that says where the folder lies and nothing else. "" where the system does not number files."""
    folder, file = path.stat(), database.stat()
    if not (folder.st_ino and file.st_ino):
        return ""
    # The device's own number changes with the order in which disks are found; the file system's does not.
    system = os.statvfs(path).f_fsid if hasattr(os, "statvfs") else folder.st_dev
    return hashlib.sha256(f"{system} {folder.st_ino} {file.st_ino}".encode("ascii")).hexdigest()


def settle(change: Change, here: str) -> bool:
    """Before the first line of a session: where the folder is not the one that was written to last, give its log a name
    of its own, with an entry that says which it was. Returns whether it did.
    """
    case = change.case()
    if not here or here == case.home:
        return False
    known, case.home = case.home, here
    if not known:  # of an earlier version of this program, which did not look
        return False
    prior = {"log_origin": log_origin(case.number, case.log_id), "size": case.ledger_size}
    case.log_id = secrets.token_hex(8)
    change.record("copied", case, {"prior": prior})
    change.begin_anew()
    return True
