"""The façade: everything that a front end can see and do.

`Reading` shows what is stored, `Keeping` what does not wait, `Knowing` the people in it, `Guarding`
what keeps a bad day out; `Session` adds what a person does, and the life of a visit.
"""

from .life import Session

__all__ = ["Session"]
