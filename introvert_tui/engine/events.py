"""What the engine tells a front end while it works; delivered on any thread, in order per account."""

from __future__ import annotations

from typing import NamedTuple


class Changed(NamedTuple):
    """These conversations are not what they were; read them again. None at all: the accounts are not."""

    conversations: frozenset[int]


class Said(NamedTuple):
    """One plain sentence about something that happened by itself ("Hello to Ana is out.")."""

    sentence: str


Event = Changed | Said
