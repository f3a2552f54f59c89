"""The command line, on pipes and on a real pseudo-terminal."""
