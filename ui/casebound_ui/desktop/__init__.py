"""The window: everything of Qt, and nothing of the case's own rules."""
