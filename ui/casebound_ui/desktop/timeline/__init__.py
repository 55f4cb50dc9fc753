"""The timeline: canvas, table and inspector on the same events."""
