"""What belongs to the user and not to a network: where files lie, and config.toml.

`settings.keychain` and `settings.details` are imported by their own names, when they are needed.
"""

from .config import Settings, load
from .paths import Paths

__all__ = ["Paths", "Settings", "load"]
