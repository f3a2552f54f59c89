"""What the engine tells a front end while it works; delivered on any thread, in order per account."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Changed:
    """These conversations are not what they were; read them again."""

    conversations: frozenset[int]


@dataclass(frozen=True, slots=True)
class Said:
    """One plain sentence about something that happened by itself ("Hello to Ana is out.")."""

    sentence: str


@dataclass(frozen=True, slots=True)
class CatchUpEnded:
    """All accounts have been asked; `arrived` conversations wait that did not before."""

    arrived: int


Event = Changed | Said | CatchUpEnded
