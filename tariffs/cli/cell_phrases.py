"""The sentences in which comparing, cells and account lists fail; `phrases` looks them up."""

from __future__ import annotations

from typing import Final

from tariffs.language import N_

SENTENCES: Final = (
    # account lists
    N_("{file}: the account list has no lines"),
    N_("{file}: an account list is CSV with a header: {names}"),
    N_("{file}: there is no column {what}; an account list has {names}"),
    N_("{file}: there is no account"),
    N_("{file}: `until` is not after `from`; a line holds its first day and not its last"),
    N_("{file}: {what} is not a day; write it as 2012-01-01"),
    N_("{file}: not a known customer group; {why}"),
    N_("{file}: not a known operator; {why}"),
    N_("{file}: not a known add-on; {why}"),
    N_("{file}: neither urban nor rural; {why}"),
    N_("{file}: the number stands in {other} too, for some of the same days"),
    N_("{file}: and {n} more problems"),
    # files of cells
    N_("{file}: this slip belongs to another file of cells"),
    N_("{file}: the slip counts {n} records, and the cells hold {most}"),
    N_("{file}: is missing; the tables of one cells file belong together"),
    N_("{file}: is not what its slip says; it was changed after it was made, or belongs elsewhere"),
    N_("{file}: cells of version {n}, and this engine reads version {most}"),
    N_("{file}: this is no complete file of cells; have it made again"),
    N_("{file}: made by other rules ({name} {digest}; at hand is {other} {hash}): {why}"),
    N_("{file}: the weights add up to more than can be held"),
    N_("{file}: the key must be a plain file"),
    N_("no cell has {n} records: there is nothing that can be handed on"),
    # files of segments and prices
    N_("{file}: an elasticity says nothing of a price that becomes 0 or was 0 ({keys}): {values}"),
    N_("{file}: the columns must be {columns_there}"),
    N_("{file}: cannot be read as UTF-8 text: {error}"),
    N_("{file}: no line is about these calls ({keys}): {values}; add a line for each, or one with {any}"),
    # what cells cannot answer
    N_("the numbers, places, zones or names of the rules are not those that the cells were made with; the calls must "
       "be read again"),
    N_("the rate periods or the calendar are not those that the cells were made with; the calls must be read again"),
    N_("a tariff has a unit or step of which the cells hold no trace ({unit}); the calls must be read again"),
)  # fmt: skip
