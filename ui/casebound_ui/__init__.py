"""The window and the command line: two ways to the same work."""
