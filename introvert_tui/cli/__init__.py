"""The command line: one file per group of commands, none imported before it is asked for."""
