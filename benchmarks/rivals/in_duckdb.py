"""The tariff in DuckDB: one statement from file to file, with the table of numbers as two joins.

`python -m benchmarks.rivals.in_duckdb IN OUT`
"""

from __future__ import annotations

import sys
from typing import Final

from benchmarks.rivals.tariff import ACCESS, EIGHT_DIGITS, PLACES, SEVEN_DIGITS, TARIFFS, heads

_KEY: Final = """case when {v} between 13000000000 and 19999999999 then ({v} // 10000 - 1000000)::integer
    when left({n}, 1) != '0' then null
    when {v} between 1000000000 and 9999999999 then ({v} // 1000000)::integer
    when {v} between 10000000000 and 99999999999 then ({v} // 10000000)::integer
    when {v} between 100000000000 and 999999999999 then ({v} // 100000000)::integer end"""
"""Where to look in `heads` for a number of the text n and the value v."""
_PLACE: Final = """case when left({n}, 2) = '00' then case when left({n}, 5) not in ('00852', '00853', '00886') then 24
        when length({n}) = 13 or length({n}) = 14 and left({n}, 5) = '00886' then 23 end
    when length({n}) - (left({n}, 1) = '0')::integer between {t}.least and {t}.most then {t}.place end"""
_SUBSCRIBER: Final = f"""dialled_value between 2000000 and 9999999 and length(dialled) = 7 and origin in {SEVEN_DIGITS}
    or dialled_value between 20000000 and 99999999 and length(dialled) = 8 and origin in {EIGHT_DIGITS}"""
_BETWEEN_NEAR: Final = """(start_day >= date '2012-01-01' and {a} <= 2 and {b} <= 2
    or start_day >= date '2015-01-01' and {a} <= 9 and {b} <= 9)"""
_PRICE: Final = """case {tariff} when 1 then block when 2 then 30 * minutes when 3 then 20 * minutes
    when 4 then 7 * sixes - 3 * night_sixes when 5 then 20 * sixes when 6 then 80 * sixes
    when 7 then 30 * minutes + block when 8 then 20 * minutes when 10 then 7 * sixes when 11 then 60 * minutes
    when 12 then 40 * minutes when 14 then 50 * minutes when 15 then 90 * minutes else 0 end"""
_NAMES: Final = " ".join(f"when {number} then '{name}'" for number, name in enumerate(TARIFFS) if name)
_NAME: Final = f"case {{tariff}} {_NAMES} end"

RATE: Final = f"""
with read as (
    select *, case when left(called, 5) in {ACCESS} then substr(called, 6) else called end as dialled,
        try_cast(caller as bigint) as caller_value, epoch_us(start) // 1000000 + 28800 as clock,
        ceil(duration)::integer as seconds
    from read_parquet(?)
), valued as (
    select *, try_cast(dialled as bigint) as dialled_value, (clock % 86400)::integer as second_of_day,
        date '1970-01-01' + (clock // 86400)::integer as start_day,
        (seconds + 59) // 60 as minutes, (seconds + 5) // 6 as sixes
    from read
), keyed as (
    select *, {_KEY.format(n="caller", v="caller_value")} as caller_key,
        {_KEY.format(n="dialled", v="dialled_value")} as dialled_key
    from valued
), looked_up as (
    select keyed.*, direction = 'received' as received, length(dialled) < length(called) as ip,
        caller_value between 13000000000 and 19999999999 as caller_mobile,
        {_PLACE.format(n="caller", t="c")} as caller_place,
        case when dialled_value between 13000000000 and 19999999999 then 'mobile'
            when dialled in ('110', '119', '120', '122') then 'free'
            when length(dialled) = 10 and left(dialled, 3) = '800' then 'free'
            when length(dialled) = 10 and left(dialled, 3) = '400' then '400' else 'fixed' end as kind,
        {_PLACE.format(n="dialled", t="d")} as dialled_place, s.number as served
    from keyed left join heads c on c.key = caller_key left join heads d on d.key = dialled_key
        left join places s on s.name = served_place
    where served_place is null or s.number is not null
), called_from as (
    select *, if(caller_mobile and not received, coalesce(served, caller_place), caller_place) as origin
    from looked_up
), called_to as (
    select *, case when kind in ('free', '400') then origin when dialled_place is not null then dialled_place
        when {_SUBSCRIBER} then origin end as destination
    from called_from
), homed as (
    select *, if(received, destination, caller_place) as home, if(received, kind = 'mobile', caller_mobile) as mobile
    from called_to
), located as (
    select *, if(mobile, coalesce(served, home), home) as present,
        not mobile and (operator is null or operator = 'china-telecom') as telecom
    from homed
), decided as (
    select *, case
        when origin is null or destination is null then null
        when not received and kind = 'free' then if(ip, null, 13)
        when home > 21 or not (mobile or telecom) or present > 22 then null
        when received then case when kind not in ('fixed', 'mobile') or ip then null when telecom then 13
            when present = home then 9 else 12 end
        when ip then case when kind = '400' or destination > 22 then null when telecom then 7
            when present = home then 14 else 15 end
        when destination = 23 then 5 when destination = 24 then 6
        when telecom then case when kind = '400' then 1 when destination != origin then 4 when kind = 'mobile' then 3
            else 1 end
        when present != home then 11 when destination = origin then 8 else 10 end as baseline,
        {_BETWEEN_NEAR.format(a="origin", b="destination")} as near,
        {_BETWEEN_NEAR.format(a="home", b="present")} as at_home,
        start_day >= date '2012-01-01' and (origin between 3 and 5 and destination between 3 and 5
            or origin between 6 and 8 and destination between 6 and 8) as circle,
        22 + 11 * ((greatest(seconds, 180) - 121) // 60) as block,
        greatest(0, least(sixes, (25205 - second_of_day) // 6))
            + greatest(0, least(sixes, (111605 - second_of_day) // 6)) - least(sixes, (86405 - second_of_day) // 6)
            as night_sixes,
        case when not answered then 'unanswered' when seconds = 0 then 'zero-duration' else 'rated' end as status
    from located
), planned as (
    select *, case baseline
        when 4 then if(kind = 'fixed' and (near or circle), 2, 4)
        when 10 then if(near, 8, 10)
        when 11 then case when not at_home then 11 when near or kind = '400' or destination = origin then 8 else 10 end
        when 12 then if(at_home, 9, 12) when 15 then if(at_home, 14, 15)
        else baseline end as plan
    from decided
    where not answered or baseline is not null and seconds between 0 and 86400
        and start_day >= date '2010-01-01' and start_day < date '2017-09-01'
)
select id, caller, called, start, duration, answered, service, direction, served_place, operator, "group", source,
    if(status = 'rated', ({_PRICE.format(tariff="baseline")} * 0.01)::decimal(18, 2), null) as "baseline.charge",
    if(status = 'rated', {_NAME.format(tariff="baseline")}, null) as "baseline.tariff",
    if(status = 'rated', ({_PRICE.format(tariff="plan")} * 0.01)::decimal(18, 2), null) as "plan-2010.charge",
    if(status = 'rated', {_NAME.format(tariff="plan")}, null) as "plan-2010.tariff",
    status
from planned
"""


def rate(source: str, target: str) -> None:
    import duckdb
    import pyarrow as pa

    places = pa.table({"name": PLACES[1:], "number": pa.array(range(1, len(PLACES)), pa.int8())})
    connection = duckdb.connect()
    connection.register("places", places).register("heads_read", heads())
    connection.execute("create table heads as from heads_read")
    # Pushed down to the scan, the last condition would hold the whole tariff, each column spelt out where it is named.
    connection.execute("set disabled_optimizers = 'filter_pushdown'")
    connection.execute(f"copy ({RATE}) to '{target}' (format parquet, compression zstd)", [source])


if __name__ == "__main__":
    rate(*sys.argv[1:])
