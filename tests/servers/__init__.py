"""Tests against real servers, all of them on loopback."""
