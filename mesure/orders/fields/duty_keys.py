"""The keys of one duty, as its class in `conditions` asks for them."""

from typing import Final

from mesure.orders.fields import read_places, read_times, read_values
from mesure.orders.fields.order_context import OrderContext
from mesure.orders.text.file_entries import STAND_IN, EntryGroup
from mesure.orders.text.near_names import nearest
from mesure.orders.text.order_faults import RefusedValueError, join_names, quote
from mesure.orders.text.sayings import translatable
from mesure.orders.values.places import Place
from mesure.orders.values.timetable import Timetable
from mesure.orders.venues import venue_categories

MINUTE_S: Final = 60.0


class DutyKeys:
    """What an order writes about one duty.

    Every question names a key; keys nobody asked for are refused in the end. What cannot be read
    is noted and answered with a stand-in, so a class need not look at faults.
    """

    def __init__(self, group: EntryGroup, book: OrderContext, condition: str) -> None:
        self.group = group
        self._book = book
        self._condition = condition

    def one_of(self, *keys: str) -> str:
        """Return the one of these keys that is written; the first where none is."""
        written = [key for key in keys if key in self.group]
        if len(written) > 1:
            what = translatable(
                "“{one}” and “{other}” both stand here", one=written[0], other=written[1]
            )
            remedy = translatable("keep one, and write a second condition for the other")
            self.group.refuse(what, translatable("which of the two counts cannot be told"), remedy)
        return (written or keys)[0]

    def place(self, key: str) -> str:
        """Return the name of the place that a key must name."""
        example = self._book.example_of_place(is_home=key != "keep_out_of")
        entry = self.group.need(key, translatable("where it binds must be written"), example)
        return self._book.place_named(entry) if entry else STAND_IN

    def metres(self, key: str) -> float | None:
        """Return a length in metres; None where none is written."""
        entry = self.group.find(key)
        return read_places.radius_of(entry) if entry else None

    def minutes_s(self, key: str, otherwise_s: float, longest_s: float) -> float:
        """Return a time that is written in minutes, in seconds."""
        entry = self.group.find(key)
        if entry is None:
            return otherwise_s
        longest_min = longest_s / MINUTE_S
        written = read_values.as_number(entry.node)
        if written is not None and written > longest_min:
            what = translatable(
                "{count} minutes are longer than the shortest slot, which lasts {most}",
                count=f"{written:g}",
                most=f"{longest_min:g}",
            )
            why = translatable("nobody could be there for so long")
            remedy = translatable("write {most} at most, or a longer slot", most=f"{longest_min:g}")
            entry.refuse(what, why, remedy)
            return longest_s
        return read_values.number(entry, (0.0, longest_min), translatable("minutes")) * MINUTE_S

    def timetable(
        self,
        *,
        may_be_always: bool = False,
        own_place: str | None = None,
        first_night: bool = False,
        slots: bool = False,
    ) -> Timetable:
        """Return the hours in which it binds; see `read_times.timetable`."""
        return read_times.timetable(
            self.group,
            self._book,
            may_be_always=may_be_always,
            own_place=own_place,
            first_night=first_night,
            slots=slots,
        )

    def venues(self) -> str:
        """Return the name of a place made of all venues of a category."""
        why = translatable("which venues are meant must be written")
        category = self.group.need("venue_category", why, "nightlife")
        file = self.group.need("venues", why, "venues.geojson")
        radius_m = self.metres("venue_radius_m")
        collection = self._book.features(file) if file else None
        name = category.text() if category else None
        if category is None or file is None or collection is None or name is None:
            return STAND_IN
        if name not in venue_categories.CATEGORIES:
            near = nearest(name, venue_categories.CATEGORIES)
            known = join_names(venue_categories.CATEGORIES)
            remedy = (
                translatable("did you mean {near}?", near=quote(near))
                if near
                else translatable("write one of {names}", names=known)
            )
            what = translatable("{name} is no known category of venues", name=quote(name))
            category.refuse(what, translatable("which venues it has cannot be told"), remedy)
            return STAND_IN
        try:
            path = file.text() or ""
            shapes = self._book.of_file(
                path, lambda: venue_categories.venues(collection.features, name, radius_m)
            )
        except RefusedValueError as refused:
            file.refuse_as(refused)
            return STAND_IN
        place = Place(name, shapes, points_radius_m=radius_m, is_by_map=True)
        return self._book.add_venues(self.group.entry, place, self._condition)
