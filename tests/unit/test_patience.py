"""Who waits for whom: what an adapter makes of an answer that takes too long must reach the engine."""

from __future__ import annotations

import inspect

from introvert_tui.adapters.mastodon import MastodonAdapter
from introvert_tui.adapters.mastodon.carrier import _LONGEST
from introvert_tui.engine.clock import Waits


def test_an_answer_that_is_too_large_ends_in_time_for_a_smaller_one() -> None:
    patience = inspect.signature(MastodonAdapter).parameters["patience"].default
    assert (_LONGEST + 1) * patience < Waits().call
