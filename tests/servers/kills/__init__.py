"""Killing the real program, at named points and at any moment, and counting afterwards what is on the server."""
