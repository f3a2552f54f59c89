"""Where the terminal's own cursor stands: on what is selected, or where one writes.

Nobody sees it, since Textual hides it and draws its own, but braille displays and screen magnifiers follow it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual import events
from textual.app import App
from textual.geometry import Offset, Region
from textual.widget import Widget
from textual.widgets import OptionList

if TYPE_CHECKING:
    from textual.widgets import Input, TextArea


class RealCursor(App[int], inherit_bindings=False):
    """An app that puts the cursor in its place at the end of every frame."""

    _moved_in: Widget | None

    @property
    def cursor_position(self) -> Offset:
        """Column and row; asked for at the end of a frame, when everything is where it is drawn."""
        screen, moved_in = self.screen, self._moved_in
        if moved_in is not None and moved_in.is_attached and moved_in.screen is screen:
            return start_of(moved_in)
        if screen.focused is not None:
            return start_of(screen.focused)
        return next(map(start_of, screen.query("Thread, .sheet")), Offset(0, 0))

    @cursor_position.setter
    def cursor_position(self, written_at: Offset) -> None:
        """Textual's fields tell it when one writes; where that is by then, they are asked at the end of the frame."""
        self._moved_in = None

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """No cursor blinks: nothing here ticks, for whoever looks and over a slow line."""
        if getattr(event.widget, "cursor_blink", False):
            cast("Input | TextArea", event.widget).cursor_blink = False

    def move_in(self, widget: Widget) -> None:
        """Keys moved in this while letters go elsewhere: the cursor stands here until one writes again."""
        self._moved_in = widget
        widget.refresh(Region(0, 0, 1, 1))  # where there is nowhere to move to, no frame would come of it


def start_of(widget: Widget) -> Offset:
    """Where the cursor stands in a widget: where one writes, at what is selected, or else at its beginning."""
    written_at: Offset | None = getattr(widget, "cursor_screen_offset", None)
    if written_at is not None:
        # Textual says one cell too many where one writes at the end of a line.
        return written_at - Offset(1 if getattr(widget, "cursor_at_end", False) else 0, 0)
    region, line = widget.scrollable_content_region, 0
    if isinstance(widget, OptionList) and widget.highlighted is not None:
        line = widget._index_to_line.get(widget.highlighted, 0) - widget.scroll_offset.y
    return in_view(Offset(region.x, region.y + line), region)


def in_view(offset: Offset, region: Region) -> Offset:
    """The nearest place within a region to one that may be scrolled out of it."""
    within = region.size.clamp_offset(offset - region.offset)
    return region.offset + within
