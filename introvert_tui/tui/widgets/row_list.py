"""The one list widget: conversations as lines that know their width, with the bar of the cursor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import ClassVar

from textual import events
from textual.content import Content
from textual.css.styles import RulesMap
from textual.geometry import Region
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from introvert_tui.engine.inbox import InboxRow, State
from introvert_tui.tui.fitting import wrapped
from introvert_tui.tui.rows import ANYWHERE, GUTTER, QUIET, Places, in_gutter, row_lines

Lines = Callable[[int], Sequence[Content]]
_LEAST_ASIDE, _MOST_ASIDE = 30, 4
"""Cells that are worth saying something aside in, and lines that it takes at most."""


class Drawn(Visual):
    """Lines made for the width they get, with the bar where the cursor is, and a line of air below.

    `OptionList` keeps strips by option and style, so the bar is drawn once for each and a move costs no new layout.
    """

    def __init__(self, lines: Lines, marked: bool, air: bool = True) -> None:
        self._lines, self._marked, self._air = lines, marked, air
        self._made: tuple[int, Sequence[Content]] = (-1, ())
        self.here: Callable[[], bool] = lambda: False

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        lines = in_gutter(self._for(width), self.here(), self._marked)
        strips = [strip for line in lines for strip in line.render_strips(width, 1, style, options)]
        return strips + [Strip.blank(width, style.rich_style)] * self._air

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        return container_width

    def get_height(self, rules: RulesMap, width: int) -> int:
        return len(self._for(width)) + self._air

    def tells_the_same(self, other: Drawn) -> bool:
        """Whether it would look the same, in the width it has."""
        width = self._made[0]
        return width < 0 or [line.plain for line in self._for(width)] == [line.plain for line in other._for(width)]

    def _for(self, width: int) -> Sequence[Content]:
        if self._made[0] != width:
            self._made = (width, self._lines(max(1, width - GUTTER)))
        return self._made[1]


class RowList(OptionList, inherit_bindings=False):
    """Conversations, headings and further lines; keys come from the actions, not from here."""

    DEFAULT_CSS = """
    RowList {
        border: none; padding: 0; background: transparent; height: 1fr;
        scrollbar-size-vertical: 1; scrollbar-gutter: stable;
        text-wrap: nowrap; text-overflow: clip;
        &:focus { border: none; background-tint: transparent; }
        & > .option-list--option { padding: 0; }
        & > .option-list--option-hover { background: transparent; }
        & > .option-list--option-disabled { color: $foreground; text-style: none; }
        & > .option-list--option-highlighted,
        &:focus > .option-list--option-highlighted {
            color: $text; background: transparent; text-style: not italic;
        }
    }
    """
    ALLOW_SELECT: ClassVar[bool] = False
    _width = 0
    """Of the view, before it changed."""
    _taken_away = False
    """Whether the cursor is out of view, because somebody looks elsewhere."""

    def row(self, row: InboxRow, now: datetime, places: Places = ANYWHERE) -> Option:
        """A conversation, to be moved to and opened."""
        drawn = Drawn(lambda width: row_lines(row, width, now, places), row.state is State.WAITING)
        return self._option(drawn, str(row.id))

    def line(self, text: str, id: str | None = None) -> Option:
        """A line of ours between conversations, or two; one without an id cannot be moved to."""
        style = "" if id else QUIET
        drawn = Drawn(lambda width: [Content.styled(line, style) for line in wrapped(text, width, 2)], False, bool(id))
        return self._option(drawn, id)

    def choice(self, words: Content, id: str, aside: str = "") -> Option:
        """A line of a menu; what is said `aside` goes on below itself, and where there is hardly room, is left out."""

        def lines(width: int) -> list[Content]:
            room = width - words.cell_length
            if room < _LEAST_ASIDE or not aside:
                return list(words.rstrip().wrap(width))
            first, *others = wrapped(aside, room, _MOST_ASIDE)
            hanging = " " * words.cell_length
            return [words.append_text(first, QUIET), *(Content.styled(hanging + line, QUIET) for line in others)]

        return self._option(Drawn(lines, False, air=False), id)

    def quiet(self, text: str) -> Option:
        """Several quiet lines of text that nobody can select."""
        drawn = Drawn(lambda width: [line.stylize(QUIET) for line in Content(text).wrap(width)], False)
        return self._option(drawn, None)

    def _option(self, drawn: Drawn, id: str | None) -> Option:
        option = Option(drawn, id=id, disabled=id is None)
        drawn.here = lambda: self.highlighted_option is option
        return option

    def scroll_to_highlight(self, top: bool = False) -> None:
        super().scroll_to_highlight(top)
        self._taken_away = False
        here = self.highlighted
        if here is None or not self.is_mounted or self._index_to_line.get(here) is None:
            return
        first = here
        while first > 0 and self.get_option_at_index(first - 1).disabled:
            first -= 1  # the heading too
        above, size = self._index_to_line[first], self.scrollable_content_region.size
        with_heading = Region(0, above, size.width, self._index_to_line[here] + self._heights[here] - above)
        if with_heading.height <= size.height:
            self.scroll_to_region(with_heading, force=True, animate=False, immediate=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        here = self.highlighted
        # In another width all lines are elsewhere already, while the view is still where it was.
        if here is not None and here in self._index_to_line and self.size.width == self._width:
            above = self._index_to_line[here] - self.scroll_offset.y
            self._taken_away = not -self._heights[here] < above < self.size.height

    def on_resize(self, event: events.Resize) -> None:
        """Lines take other room now: the cursor stays in view, unless the wheel had taken the view away from it."""
        self._width = event.size.width
        if not self._taken_away:
            self.call_after_refresh(self.scroll_to_highlight)

    def focus_on_click(self) -> bool:
        return not self._is_answered

    def on_click(self, event: events.Click) -> None:
        if self._is_answered:
            event.prevent_default()

    @property
    def _is_answered(self) -> bool:
        """Whether one writes to whom the cursor is on: it stays there, and the keyboard with the words."""
        return bool(self.screen.query("Writing"))

    @property
    def selected_id(self) -> str | None:
        """The id under the cursor."""
        option = self.highlighted_option
        return option.id if option else None

    def fill(self, options: Iterable[Option], select: str | None, near: int = 0) -> None:
        """Other options, with the cursor on the one selected, or where it was counted by rows."""
        kept = self.scroll_offset.y if self.is_mounted else 0
        self.set_options(options)
        index = next((i for i, option in enumerate(self.options) if option.id == select and select is not None), None)
        if index is None:
            able = [i for i, option in enumerate(self.options) if not option.disabled]
            index = able[min(max(near, 0), len(able) - 1)] if able else None
        if kept:
            self.scroll_to(y=kept, animate=False, immediate=True)
        self.highlighted = index

    def tell_anew(self, options: Iterable[Option]) -> None:
        """The same rows with other times in them: the cursor and the view stay where they are."""
        for index, (shown, anew) in enumerate(zip(self.options, options, strict=False)):
            before, after = shown.prompt, anew.prompt
            if shown.id != anew.id or not isinstance(before, Drawn) or not isinstance(after, Drawn):
                return
            if not before.tells_the_same(after):
                after.here = before.here
                self.replace_option_prompt_at_index(index, after)

    def place_of(self, id: str | None) -> int:
        """How many selectable options stand before this one."""
        able = [option.id for option in self.options if not option.disabled]
        return able.index(id) if id in able else 0
