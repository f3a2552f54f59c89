"""The façade: everything that a front end can see and do.

`Reading` shows, `Acting` adds what a person does, `Session` adds the life of a visit.
"""

from .life import Session

__all__ = ["Session"]
