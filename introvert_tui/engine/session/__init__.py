"""The façade: everything that a front end can see and do.

`Reading` shows what is stored, `Knowing` the people in it; `Session` adds what a person does, and the life of a visit.
"""

from .life import Session

__all__ = ["Session"]
