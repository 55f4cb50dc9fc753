"""The timeline: canvas, table and inspector on the same events."""

from casebound_ui.desktop.timeline.screen import TimelineScreen

__all__ = ["TimelineScreen"]
