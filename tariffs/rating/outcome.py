"""What can come of a call: rated, not chargeable, or suspended for one of a closed set of reasons."""

from __future__ import annotations

from typing import Final, NamedTuple


class Words(NamedTuple):
    """One meaning in Chinese and English."""

    zh: str
    en: str


RATED: Final = 0
# Not chargeable: positive. Suspended: negative. The numbers stand in kernel arrays; the codes in files.
UNANSWERED: Final = 1
ZERO_DURATION: Final = 2
NOT_A_CALL: Final = 3
UNREADABLE: Final = -1
UNKNOWN_NUMBER: Final = -2
UNKNOWN_HOME: Final = -3
UNKNOWN_PLACE: Final = -4
UNKNOWN_NAME: Final = -5
NO_RULE: Final = -6
TWO_RULES: Final = -7
IMPOSSIBLE_TIME: Final = -8
OVER_LIMIT: Final = -9
MISSING_USAGE: Final = -10
CALENDAR_ENDED: Final = -11
PARTIAL_RECORD: Final = -12
CONFLICTING_DUPLICATE: Final = -13

STATUS: Final[dict[int, str]] = {
    RATED: "rated",
    UNANSWERED: "unanswered",
    ZERO_DURATION: "zero-duration",
    NOT_A_CALL: "not-a-call",
    UNREADABLE: "unreadable",
    UNKNOWN_NUMBER: "unknown-number",
    UNKNOWN_HOME: "unknown-home",
    UNKNOWN_PLACE: "unknown-place",
    UNKNOWN_NAME: "unknown-name",
    NO_RULE: "no-rule",
    TWO_RULES: "two-rules",
    IMPOSSIBLE_TIME: "impossible-time",
    OVER_LIMIT: "over-limit",
    MISSING_USAGE: "missing-usage",
    CALENDAR_ENDED: "calendar-ended",
    PARTIAL_RECORD: "partial-record",
    CONFLICTING_DUPLICATE: "conflicting-duplicate",
}
"""The code of every kernel status."""

NOT_CHARGEABLE: Final[dict[str, Words]] = {
    "unanswered": Words("未接通", "not answered"),
    "zero-duration": Words("通话时长为零，且无规则为其定价", "no duration, and no rule prices that"),
    "not-a-call": Words("不是计费通话（语音信箱、功能码等）", "not a chargeable call (voicemail, feature code)"),
}

SUSPENSE: Final[dict[str, Words]] = {
    "unreadable": Words("记录无法读取", "the record cannot be read"),
    "unknown-number": Words("号码不在当日的编号计划内", "a number that the numbering plan of the day does not hold"),
    "unknown-home": Words("手机号段不在归属地表内", "a mobile number whose segment is not in the table of home areas"),
    "unknown-place": Words("地点不在规则书内", "a place that the rulebook does not know"),
    "unknown-name": Words("运营商、客户群、套餐、叠加包或业务不在规则书内",
                          "an operator, group, plan, option or service that the rulebook does not know"),
    "no-rule": Words("没有规则为该通话定价", "no rule prices the call"),
    "two-rules": Words("两条规则对该通话定价不同", "two rules price the call differently"),
    "impossible-time": Words("时间不可能", "an impossible time"),
    "over-limit": Words("超过规则书规定的最长通话", "longer than the longest call of the rulebook"),
    "missing-usage": Words("缺少计费所需的时长或用量", "the duration or quantity that the tariff bills is absent"),
    "calendar-ended": Words("日期超出节假日表的范围", "a day outside the table of holidays"),
    "partial-record": Words("切割话单缺片", "a partial record of which a piece is missing"),
    "conflicting-duplicate": Words("同一键值的记录内容不同", "records of the same key with different content"),
}  # fmt: skip
