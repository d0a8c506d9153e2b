"""The small world that drawn rulebooks live in: real shapes of places, numbers, calendars and rate periods.

Everything is text, as a rule file would hold it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from tariffs import Rulebook

Section = dict[str, Any]

LEAVE: Final = ("gap", "conflict")
"""What a test allows that rates rules which promise nothing, or do not keep it, for another reason."""


@dataclass(frozen=True)
class Draft:
    """A rulebook as text: `sections` as YAML would hold them, `tables` by the path that the sections name."""

    sections: Section
    tables: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)

    def book(self) -> Rulebook:
        return Rulebook.model_validate({**self.sections, "tables": dict(self.tables), "rulebook_id": "drawn"})

    def yaml(self) -> str:
        return yaml.safe_dump(_without_positions(self.sections), allow_unicode=True, sort_keys=False)

    def write(self, folder: Path) -> Path:
        """The rule file and its tables in `folder`; returns the rule file's path."""
        file = folder / "book.yaml"
        file.write_text(self.yaml(), encoding="utf-8")
        for name, rows in self.tables.items():
            header = "area,prefix,place" if len(rows[0]) == 3 else "prefix,place"
            (folder / name).write_text("\n".join([header, *(",".join(row) for row in rows)]) + "\n", encoding="utf-8")
        return file

    def but(self, **sections: Any) -> Draft:
        """The same rulebook with other sections in place of its own."""
        return Draft({**self.sections, **sections}, self.tables)


def _without_positions(section: Any) -> Any:
    if isinstance(section, dict):
        return {key: _without_positions(value) for key, value in section.items() if key != "__at__"}
    return [_without_positions(value) for value in section] if isinstance(section, (list, tuple)) else section


def named(name: str) -> Section:
    return {"zh": name, "en": name}


# --- Rate periods and calendars ---------------------------------------------------------------------------------------

NIGHT: Section = {
    "night": {"name": named("night"), "clock": ["00:00-07:00"]},
    "day": {"name": named("day"), "clock": ["07:00-24:00"]},
}
OVER_MIDNIGHT: Section = {
    "night": {"name": named("night"), "clock": ["22:00-07:00"]},
    "evening": {"name": named("evening"), "clock": "20:00-22:00"},
    "day": {"name": named("day"), "otherwise": "true"},
}
FREE_DAYS: Section = {
    "night": {"name": named("night"), "clock": ["22:00-07:00"]},
    "free-day": {"name": named("free day"), "clock": ["07:00-22:00"], "days": ["rest-day", "holiday"]},
    "working": {"name": named("working"), "otherwise": "true"},
}
WEEKDAYS: Section = {
    "monday": {"name": named("monday"), "weekdays": ["monday"]},
    "noon": {"name": named("noon"), "clock": ["12:00-14:00", "14:30-15:00:30"], "weekdays": ["friday", "saturday"]},
    "rest": {"name": named("rest"), "otherwise": "true"},
}
SCHEMES: dict[str, Section] = {
    "night-and-day": {"periods": NIGHT},
    "over-midnight": {"periods": OVER_MIDNIGHT},
    "free-days": {"periods": FREE_DAYS},
    "weekdays": {"periods": WEEKDAYS},
}

CALENDAR: Section = {
    "from": "2009-01-01",
    "until": "2016-01-01",
    "holidays": ["2011-10-03", "2011-10-04", "2012-01-23", "2012-02-29"],
    "recurring": [{"rule": "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1"}, {"rule": "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=1"}],
    "working-weekends": ["2011-01-30", "2011-10-08", "2011-10-09", "2011-12-31"],
}


# --- Places and numbers -----------------------------------------------------------------------------------------------

CITIES = ["guangzhou", "foshan", "shenzhen", "changsha", "zhuzhou"]
PLACES: Section = {
    "guangdong": {"name": named("Guangdong"), "level": "province"},
    "guangzhou": {"name": named("Guangzhou"), "level": "city", "in": "guangdong"},
    "tianhe": {"name": named("Tianhe"), "level": "district", "in": "guangzhou", "kind": "urban"},
    "panyu": {"name": named("Panyu"), "level": "district", "in": "guangzhou"},
    "conghua": {"name": named("Conghua"), "level": "county", "in": "guangzhou", "kind": "rural"},
    "foshan": {"name": named("Foshan"), "level": "city", "in": "guangdong"},
    "shunde": {"name": named("Shunde"), "level": "district", "in": "foshan"},
    "shenzhen": {"name": named("Shenzhen"), "level": "city", "in": "guangdong"},
    "hunan": {"name": named("Hunan"), "level": "province"},
    "changsha": {"name": named("Changsha"), "level": "city", "in": "hunan"},
    "zhuzhou": {"name": named("Zhuzhou"), "level": "city", "in": "hunan"},
    "beijing": {"name": named("Beijing"), "level": "province"},
    "hong-kong": {"name": named("Hong Kong"), "level": "hong-kong-macao-taiwan"},
    "abroad": {"name": named("Abroad"), "level": "international"},
}
HOLDERS = ["guangdong", "guangzhou", "panyu", "foshan", "shenzhen", "hunan", "changsha", "zhuzhou"]

# Circles either nest or lie apart on every date: the rule language refuses others.
CIRCLES: Section = {
    "guangfo": {"name": named("Guangfo"), "members": ["guangzhou", "foshan"]},
    "delta": {"name": named("Delta"), "members": ["guangzhou", "foshan", "shenzhen"]},
    "changzhu": {
        "name": named("Changzhu"),
        "versions": [
            {"members": ["changsha"], "until": "2011-06-28"},
            {"members": ["changsha", "zhuzhou"], "from": "2011-06-28"},
        ],
    },
}
REGIONS: Section = {"south": {"name": named("South"), "members": ["guangzhou", "shunde", "hong-kong"]}}
ZONINGS: Section = {
    "cities": {"name": named("A zone a city"), "each": "city"},
    "districts": {
        "name": named("Districts"),
        "zones": {
            "old-town": {"name": named("Old town"), "members": ["tianhe"]},
            "panyu-zone": {"name": named("Panyu"), "members": ["panyu", "conghua"]},
        },
    },
}

NUMBERING: Section = {
    "areas": [
        {"code": "20", "place": "guangzhou", "digits": ["8"]},
        {"code": "757", "place": "foshan", "digits": ["8"]},
        {"code": "755", "place": "shenzhen", "digits": ["7", "8"]},
        {"code": "731", "place": "changsha", "digits": ["8"], "operator": "unicom"},
        {"code": "733", "place": "zhuzhou", "digits": ["8"], "until": "2012-06-28"},
        {"code": "10", "place": "beijing", "digits": ["8"]},
    ],
    "exchanges": [
        {"area": "20", "prefix": "38", "place": "tianhe"},
        {"area": "20", "prefix": "84", "place": "panyu", "operator": "unicom"},
        {"area": "20", "prefix": "8790", "place": "conghua", "from": "2011-03-01"},
        {"area": "757", "prefix": "2", "place": "shunde"},
    ],
    "mobile": [
        {"prefix": "13", "operator": "mobile"},
        {"prefix": "189", "operator": "telecom"},
        {"prefix": "145", "from": "2010-09-01"},
    ],
    "segments": {"file": "segments.csv", "vintage": "2011"},
    "special": [
        {"service": "emergency", "prefix": "110", "digits": ["3"]},
        {"service": "service-400", "prefix": "400", "digits": ["10"]},
        {"service": "hotline", "prefix": "12", "digits": ["5"], "place": "foshan"},
    ],
    "access": [{"code": "17909"}, {"code": "17911", "until": "2013-01-01"}, {"code": "193"}],
    "countries": [{"code": "852", "place": "hong-kong"}, {"code": "", "place": "abroad"}],
}
SEGMENTS = (("1380", "guangzhou"), ("1381", "foshan"), ("13820", "panyu"), ("189", "shenzhen"), ("1893", "changsha"))

_FIXED = [("20", "38123456"), ("20", "84123456"), ("20", "87901234"), ("20", "61234567"), ("757", "22345678")]
_FIXED += [("757", "81234567"), ("755", "8234567"), ("755", "82345678"), ("731", "84123456"), ("733", "28123456")]
_FIXED += [("10", "61234567")]
_MOBILE = ["13800138000", "13811234567", "13820123456", "18912345678", "18931234567", "13999999999", "14512345678"]
SPECIAL_NUMBERS = ["110", "4001234567", "12345"]
ABROAD_NUMBERS = ["0085221234567", "+852 2123 4567", "001 212 555 0100", "+44 20 7946 0000"]
WRONG_NUMBERS = [
    "",
    "0",
    "00",
    "17909",
    "02038",
    "0999123456",
    "+86",
    "020381234567",
    "138001380",
    "abc",
    "1",
    "999",
    "0733",
]


def fixed_forms(area: str, subscriber: str) -> list[str]:
    """How a fixed number may be dialled from anywhere."""
    national = f"{area}{subscriber}"
    return [f"0{national}", f"+86{national}", f"+86 {area} {subscriber}", f"0086{national}", f"86{national}"]


def mobile_forms(number: str) -> list[str]:
    spaced = f"{number[:3]}-{number[3:7]}-{number[7:]}"
    return [number, f"0{number}", f"+86{number}", f"0086{number}", f"86{number}", spaced]


FIXED_NUMBERS = [form for area, subscriber in _FIXED for form in fixed_forms(area, subscriber)]
MOBILE_NUMBERS = [form for number in _MOBILE for form in mobile_forms(number)]
LOCAL_NUMBERS = [subscriber for _, subscriber in _FIXED]
BEHIND_ACCESS = ["02038123456", "13811234567", "38123456", "110"]
ACCESS_NUMBERS = [f"{access}{form}" for access in ("17909", "17911", "193") for form in BEHIND_ACCESS]


# --- Rulebooks of one idea ----


def one_tariff(charge: Section, schemes: Mapping[str, Section] = SCHEMES) -> Draft:
    """A rulebook in which every call of a fixed line costs `charge`."""
    return Draft(
        {
            "rulebook": {
                "name": named("One tariff"),
                "minor-unit": "0.01",
                "timezone": "Asia/Shanghai",
                "longest-call": "24 h",
                "zoning": "cities",
            },
            "places": {"guangzhou": PLACES["guangzhou"], "foshan": PLACES["foshan"], "guangdong": PLACES["guangdong"]},
            "zonings": {"cities": ZONINGS["cities"]},
            "numbering": {"areas": NUMBERING["areas"][:2]},
            "calendar": CALENDAR,
            "periods": dict(schemes),
            "tariffs": {"only": {"name": named("Only"), "charge": charge}},
            "rules": {"every-call": {"when": {"line": "fixed"}, "pay": "only"}},
            "scenarios": {"baseline": {"name": named("As it stands")}},
        }
    )


# A price a place and a kind of number: the charge and tariff tell how both numbers were read.
_READ_PLACES = ["tianhe", "panyu", "conghua", "shunde", *CITIES, "hong-kong", "abroad"]
PLACE_TARIFFS: Section = {
    f"to-{place}-{kind}": {"name": named(place), "charge": {"per": "60 s", "price": f"{10 + number}.{digit}0"}}
    for number, place in enumerate(_READ_PLACES)
    for digit, kind in enumerate(("fixed", "mobile", "hotline"))
}
PLACE_RULES: Section = {
    f"to-{place}-{kind}": {
        "when": {"to": place, "called": kind, "access": "any"},
        "pay": f"to-{place}-{kind}",
        "overrides": [f"to-{city}-{kind}" for city in [PLACES[place].get("in")] if city in CITIES],
    }
    for place in _READ_PLACES
    for kind in ("fixed", "mobile", "hotline")
}
