"""A small picture for a lane: by what the export is called, then by what the lane stands for. Decoration only."""

from __future__ import annotations

_WORDS: tuple[tuple[str, str], ...] = (
    ("mail", "mail"),
    (".eml", "mail"),
    ("chat", "message-square"),
    ("message", "message-square"),
    ("payment", "credit-card"),
    ("ledger", "landmark"),
    ("bank", "landmark"),
    ("session", "log-in"),
    ("login", "log-in"),
    ("sign-in", "log-in"),
    ("api_key", "key-round"),
    ("key", "key-round"),
    ("account", "users"),
    ("user", "users"),
    ("organi", "building-2"),
    ("detection", "siren"),
    ("alert", "siren"),
    ("review", "clipboard-check"),
    ("enforce", "ban"),
    ("action", "ban"),
    ("request", "activity"),
    ("inference", "activity"),
    ("trace", "activity"),
    ("access", "globe"),
    ("web", "globe"),
    ("cloudtrail", "server"),
    ("server", "server"),
    ("file", "folder-open"),
    ("phone", "hash"),
)
_FIELDS = {"actor": "user", "action": "activity", "object": "target", "source": "database"}


def icon_for(label: str, field: str = "source") -> str:
    """The name of an icon that is shipped."""
    if field == "source":
        low = label.lower()
        for word, icon in _WORDS:
            if word in low:
                return icon
        return "file-spreadsheet" if low.endswith(".xlsx") else "file-text"
    return _FIELDS.get(field, "hash")
