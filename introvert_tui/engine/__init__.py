"""What the program does: catching up, sending, leaving; the same for every front end and every network.

`session.Session` is the façade that front ends use; `opening` makes one. Nothing here knows a screen.
"""
