"""`pick`: one record of many, fairly: of those with the lowest values the one that was not chosen
for longest, or by lot.

The counter of a pick's turns is a row of its own. It is moved before anything is asked, so two acts
at once wait for each other, and the second counts what the first one gave.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select

from compiler.backends.expr.sql import Query
from compiler.model.base import EntityId
from compiler.model.expr import Extent, Pick, SortKey
from runtime.prepared import Prepared, insert_into
from runtime.tables import TURN

if TYPE_CHECKING:
    from runtime.store.act import Act
    from runtime.store.domain import Domain
    from runtime.store.row import Row


@dataclass(frozen=True, slots=True)
class Chooser:
    """A pick of the model with the statement that finds who comes into question, first the one
    whose turn it is."""

    pick: Pick
    candidates: Prepared


def pick(act: Act, pick: Pick, given: Mapping[str, Any]) -> Row | None:
    """The record that a pick chooses now; it is noted that its turn has come."""
    domain, connection = act.domain, act.connection
    ((turn,),) = domain.next_serial.run(connection, {"of_name": f"pick {pick.name}"})
    act.settle()
    act.flush()
    time = {"now": act.now, "today": act.today, "zone": act.time.zone.key}
    values = {**time, **given, "of_pick": pick.name}
    found = [id for (id,) in domain.chooser(pick).candidates.run(connection, values)]
    if not found:
        return None
    if pick.by_lot:
        return act.row(EntityId(pick.type.of), found[act.time.lot(len(found))])
    chosen = found[0]
    domain.note_turn.run(connection, {"of_pick": pick.name, "chosen": chosen, "now_turn": turn})
    return act.row(EntityId(pick.type.of), chosen)


def chooser(domain: Domain, pick: Pick) -> Chooser:
    """What finds the candidates of a pick."""
    entity = EntityId(pick.type.of)
    query = Query(domain.catalog, domain.kind, domain.library.functions, entity, pick.row)
    keys = [query.order(SortKey(value=key, descending=False)) for key in pick.lowest]
    conditions = [] if pick.where is None else [query.condition(pick.where)]
    if not isinstance(pick.source, Extent):
        conditions.append(query.row.c["id"].in_(query.lowering.items(pick.source, {})))
    place = func.rank().over(order_by=keys or None)
    ranked = (
        select(query.row.c["id"], place.label("place"))
        .select_from(query.source)
        .where(*conditions)
        .subquery()
    )
    turns = [] if pick.by_lot else [func.coalesce(TURN.c.turn, 0)]
    mine = (TURN.c.pick == bindparam("of_pick")) & (TURN.c.record == ranked.c.id)
    found = (
        select(ranked.c.id)
        .select_from(ranked.outerjoin(TURN, mine))
        .where(ranked.c.place == 1)
        .order_by(*turns, ranked.c.id)
    )
    return Chooser(pick, Prepared(found, domain.dialect))


def turn_statement(domain: Domain) -> Prepared:
    """Note that a record was chosen."""
    turn = bindparam("now_turn", type_=TURN.c.turn.type)
    noted = insert_into(TURN, domain.dialect).values(
        pick=bindparam("of_pick"), record=bindparam("chosen"), turn=turn
    )
    on = [TURN.c.pick, TURN.c.record]
    return Prepared(
        noted.on_conflict_do_update(index_elements=on, set_={"turn": turn}), domain.dialect
    )
