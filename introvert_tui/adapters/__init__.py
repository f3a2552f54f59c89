"""One package for each network."""
