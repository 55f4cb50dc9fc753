"""The command line: everything the window can do that a script may need. One module per group of commands, no Qt."""
