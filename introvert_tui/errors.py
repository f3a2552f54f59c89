"""What can go wrong, by what one does about it.

IntrovertError
├── AdapterError             what an adapter may raise, and nothing else
│   ├── Offline              nothing was reached: what was to be sent is as unsent as before; try again later
│   ├── Unavailable          the server answered, but not usefully (5xx, rubbish): try again later
│   ├── RateLimited          the server said when to come back
│   ├── SignedOut            the session has ended: ask the person to sign in again
│   ├── Refused              the server read it and said no: tell the person, keep the words
│   ├── NotAllowed           this account or network cannot do it: do not offer it again
│   ├── Gone                 what it was about is no longer there
│   └── Unsure               it may or may not have happened: look before doing it again
├── SettingsError            a file of the user's says something we cannot follow: say where
├── StoreError               the database cannot be used: say why and where it is
│   └── NewerDatabase        written by a newer version: refuse to start
├── PluginError              an adapter is missing or does not load: say which
└── Cannot                   an action makes no sense here and now: say so, change nothing
"""

from __future__ import annotations


class IntrovertError(Exception):
    """Base of all errors that are told to the user in words; `str()` is a full sentence."""


class AdapterError(IntrovertError):
    """Base of what an adapter may raise; texts that came from a server have been through `text.clean_line`."""


class Offline(AdapterError):
    """Not one byte of the request reached the server."""


class Unavailable(AdapterError):
    """The server answered without doing what was asked, and it makes sense to ask again."""


class RateLimited(AdapterError):
    """The server asked for a pause; `retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class SignedOut(AdapterError):
    """The stored session no longer opens the account."""


class Refused(AdapterError):
    """The server refused for good; `kind` is a short machine word such as ``too-long``, ``closed`` or ``invalid``."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class NotAllowed(AdapterError):
    """The account or its network cannot do this; `capability` names what."""

    def __init__(self, capability: str, text: str) -> None:
        super().__init__(text)
        self.capability = capability


class Gone(AdapterError):
    """The message, room or person is no longer there."""


class Unsure(AdapterError):
    """The answer was lost: the request may have taken effect."""


def is_final(problem: AdapterError) -> bool:
    """Whether asking again would bring the same answer."""
    return isinstance(problem, Gone | NotAllowed | Refused)


class SettingsError(IntrovertError):
    """A setting cannot be followed."""


class StoreError(IntrovertError):
    """The database cannot be used as it is."""


class NewerDatabase(StoreError):
    """The database was written by a newer version of the program."""


class PluginError(IntrovertError):
    """An adapter is not installed, does not load, or speaks another version of the contract."""


class Cannot(IntrovertError):
    """What was asked for makes no sense here; nothing was changed."""
