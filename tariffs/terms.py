"""The trade's words for the values of the rule language, as catalogue messages."""

from __future__ import annotations

from typing import Final

from tariffs.language import N_, Words

RELATION: Final = {
    "same-zone": N_("in-zone"),
    "same-city": N_("inter-zone"),
    "same-circle": N_("same circle"),
    "same-province": N_("same province"),
    "mainland": N_("mainland"),
    "hong-kong-macao-taiwan": N_("Hong Kong, Macao and Taiwan"),
    "international": N_("international"),
}
USAGE: Final = {"voice": N_("calls"), "message": N_("messages"), "data": N_("data")}
LINE: Final = {"fixed": N_("fixed line"), "mobile": N_("mobile")}
MARK: Final = {
    "published": N_("read in a published source"),
    "inference": N_("inference from published facts"),
    "unverified": N_("commonly said, not verified"),
    "assumption": N_("assumed value"),
    "illustrative": N_("illustrative"),
}
READ: Final = {
    "original": N_("read in the original"),
    "reprint": N_("read in a reprint"),
    "quoted": N_("read in a quotation"),
    "seed": N_("the project's seed document"),
    "page": N_("read on a web page"),
}
REGIME: Final = {
    "government-set": N_("government-set price"),
    "government-guided": N_("government-guided price"),
    "ceiling": N_("price ceiling"),
    "market": N_("market-regulated price"),
}
DAY_TYPE: Final = {"working-day": N_("working days"), "rest-day": N_("rest days"), "holiday": N_("public holidays")}
WEEKDAY: Final = {
    "monday": N_("Mondays"),
    "tuesday": N_("Tuesdays"),
    "wednesday": N_("Wednesdays"),
    "thursday": N_("Thursdays"),
    "friday": N_("Fridays"),
    "saturday": N_("Saturdays"),
    "sunday": N_("Sundays"),
}
CROSSING: Final = {
    "call-start": N_("a call that crosses a rate-period boundary pays the price of its start throughout"),
    "each-unit": N_("a call that crosses a rate-period boundary pays for each unit the price of that unit's start"),
}
ROUNDING: Final = {
    "up": N_("rounded up to {to} yuan"),
    "down": N_("rounded down to {to} yuan"),
    "half-up": N_("rounded half up to {to} yuan"),
    "half-even": N_("rounded half to even to {to} yuan"),
}
FRACTION: Final = {
    "up": N_("a started {unit} counts as whole"),
    "down": N_("a fraction of {unit} is dropped"),
    "half-up": N_("half of {unit} or more counts as whole"),
}
KIND: Final = {"price": N_("price"), "date": N_("date"), "choice": N_("choice")}
UNIT: Final = (N_("yuan"), N_("yuan per minute"), N_("yuan per started minute"), N_("yuan per month"))
"""Units that parameters of the shipped rulebooks are given in; another one is shown as it is written."""

SERVICE: Final = {
    "fixed-to-fixed": N_("fixed line to fixed line"),
    "fixed-to-mobile": N_("fixed line to mobile"),
    "mobile-to-fixed": N_("mobile to fixed line"),
    "mobile-to-mobile": N_("mobile to mobile"),
    "fixed-received": N_("received on a fixed line"),
    "mobile-received": N_("received on a mobile"),
    "fixed-ip": N_("fixed line, IP call"),
    "mobile-ip": N_("mobile, IP call"),
    "message": N_("messages"),
    "data": N_("data"),
    "emergency": N_("emergency numbers"),
}


def service(words: Words, name: str) -> str:
    """A service of results as people say it; special services go by their own name."""
    _ = words.gettext
    line, ip, code = name.partition("-ip-")
    if ip and line in LINE:
        return _("{line}, IP call {code}").format(line=_(LINE[line]), code=code)
    return _(SERVICE[name]) if name in SERVICE else name
