"""PUBLIC: proof that an adapter keeps the contract; needs pytest and pytest-asyncio, which Introvert itself does not.

A third party subclasses `AdapterContract` in a test module and says how its other side is played::

    class TestMyNetwork(AdapterContract):
        many = 21                                # one more than a page of `pull` holds
        lacks = {Fault.TIMEOUT: "the stand-in server answers at once or not at all"}

        @pytest_asyncio.fixture
        async def harness(self) -> AsyncIterator[Harness]:
            async with stand_in_server() as server:
                yield MyHarness(server)          # see `Harness`: what the other side can be made to do

What a harness cannot do is declared in `lacks` and `reasons` and is then not collected, never skipped on the way. What
a network cannot do is read from `probe().capabilities`, and those methods are proven to say so.
"""

from __future__ import annotations

try:
    import pytest
except ImportError as missing:  # the program runs without it; only adapter authors come here
    raise ImportError("introvert_tui.testing needs pytest: pip install 'introvert-tui[test]'") from missing

_PARTS = ("harness", "reading", "failing", "sending", "acting")
pytest.register_assert_rewrite(*(f"{__name__}.{part}" for part in _PARTS))

from introvert_tui.testing.acting import ActingContract  # noqa: E402  after the asserts in it are made to speak
from introvert_tui.testing.failing import FailingContract  # noqa: E402
from introvert_tui.testing.harness import RETRY_AFTER, Fault, Harness  # noqa: E402
from introvert_tui.testing.reading import ReadingContract  # noqa: E402
from introvert_tui.testing.sending import SendingContract  # noqa: E402


class AdapterContract(ReadingContract, FailingContract, SendingContract, ActingContract):
    """Everything that is asked of an adapter."""


__all__ = ["RETRY_AFTER", "AdapterContract", "Fault", "Harness"]
