"""Where the program starts; bare `introvert` comes to its first frame without a command-line parser."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the program and end the process."""
    import gc

    # Looking for garbage costs 20 ms before the first frame, which turns it on again.
    gc.disable()
    from introvert_tui.cli.guard import guarded
    from introvert_tui.cli.output import never_fail_on_a_character, never_without_a_stream

    never_without_a_stream()
    never_fail_on_a_character()
    code = guarded(lambda: run(sys.argv[1:]))
    # Without waiting for threads that wait for a server: everything is stored by now, and quitting is to be instant.
    sys.stderr.flush()
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Do what a command line says, and return its exit code."""
    if "_INTROVERT_COMPLETE" not in os.environ:
        if not arguments:
            from introvert_tui.cli.start import visit

            return visit()
        if arguments == ["demo"]:
            from introvert_tui.cli.start import demo

            return demo()
    import gc

    gc.enable()
    from introvert_tui.cli.commands import run

    return run(arguments)


if __name__ == "__main__":
    main()
