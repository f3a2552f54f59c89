"""Introvert: the conversations you are part of, in one calm inbox.

Who may import whom, left to right only; `tests/test_architecture.py` reads the imports:

    cli, tui -> engine -> store, plugins, settings -> adapter -> model, errors, text
    adapters.X -> adapter, model, errors, text (and its own SDK, inside functions)

- Only `store` speaks SQL, only `tui` Textual, only `cli` click; `text` imports nothing of ours.
- Nothing that opens a socket or costs time is imported before the first frame, which comes from the database.
- No import cycle; modules under 400 lines, functions under 50 statements, classes under 20 methods.
"""

__version__ = "0.1.0"
