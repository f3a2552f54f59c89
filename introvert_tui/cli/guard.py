"""The one place where an error becomes a sentence and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from introvert_tui.cli.output import Exit, talk
from introvert_tui.errors import (
    AdapterError,
    Cannot,
    IntrovertError,
    Offline,
    RateLimited,
    SettingsError,
    SignedOut,
    StoreError,
    Unavailable,
)


def guarded(run: Callable[[], int]) -> int:
    """Run a command; whatever happens, end in words and with the right code."""
    try:
        code = run()
        sys.stdout.flush()
    except KeyboardInterrupt:
        if sys.stderr.isatty():
            talk("")  # the line that it was typed on ends
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # Whoever was reading has read enough. Python would complain about it once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FINE
    except IntrovertError as error:
        talk(str(error))
        return code_of(error)
    except Exception as error:  # the boundary: nothing above this would tell it in words
        talk(_unexpected(error))
        return Exit.FAILED
    return code


def code_of(error: IntrovertError) -> Exit:
    """Return how a command ends that met this error."""
    match error:
        case SignedOut():
            return Exit.SIGNED_OUT
        case Offline() | Unavailable() | RateLimited():
            return Exit.OFFLINE
        case SettingsError() | StoreError():
            return Exit.UNUSABLE
        case Cannot(__cause__=AdapterError() as cause):
            return code_of(cause)
        case _:
            return Exit.FAILED


def _unexpected(error: Exception) -> str:
    from introvert_tui.settings.details import keep_details
    from introvert_tui.settings.paths import Paths

    said = "Something went wrong that Introvert did not expect; what you wrote is kept."
    try:
        return f"{said} The details are in {keep_details(error, Paths.user().state)}."
    except (OSError, IntrovertError):
        return f"{said} The details ({type(error).__name__}) could not be written down."
