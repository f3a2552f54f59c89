"""Servers that speak the Mastodon client API: the mock from PyPI, and one of ours, right where the mock is wrong."""
