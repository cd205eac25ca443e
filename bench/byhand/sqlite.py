"""The hand-written app's SQLite."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal

from bench.byhand.data import Data, Statements

CENTS = 100
CUSTOMER = """
select c.id, c.version, c.name, c.code, c.industry, c.tier, c.owner, u.name, c.phone, c.email,
  c.annual_value, c.paid_total
from sales_customer c left join std_user u on u.id = c.owner
where c.id = ? and (c.owner = ? or ?)
"""
SQL = Statements(
    session="""
select u.id, u.name, u.email, s.csrf, max(r.role = 'sales.Manager')
from _cw_session s join std_user u on u.id = s.user_id
left join _cw_role_holder r on r.user_id = u.id
where s.token = ? and s.ends_at > ? and u.active group by u.id
""",
    unread="""
select count(*) from
(select 1 from _cw_notice where recipient = ? and read_at is null limit 100) found
""",
    list="""
select c.id, c.name, c.code, c.industry, c.tier, c.owner, u.name, c.phone, c.annual_value,
  c.paid_total
from sales_customer c left join std_user u on u.id = c.owner
where c.industry = ? and c.owner = ?
order by c.annual_value desc, c.id desc limit 51
""",
    count="""
select count(*) from
(select 1 from sales_customer where industry = ? and owner = ? limit 1001) found
""",
    customer=CUSTOMER,
    customer_to_change=CUSTOMER,
    orders="""
select id, number, status, ordered_on, amount from sales_order
where customer = ? order by id limit 11
""",
    history="""
select h.at, u.name, h.action, h.name, h.old, h.new from _cw_history h
left join std_user u on u.id = h.actor
where h.subject = 'sales_customer' and h.record = ? order by h.id desc limit 30
""",
    user="select name from std_user where id = ?",
    next_number="""
insert into _cw_serial (name, last) values (?, 1)
on conflict (name) do update set last = last + 1 returning last
""",
    add_customer="""
insert into sales_customer (version, name, code, industry, tier, owner, phone, email,
  annual_value, paid_total, created_at, created_by, changed_at, changed_by)
values (1, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?)
""",
    add_history="""
insert into _cw_history (subject, record, version, at, actor, cause, action, name, old, new)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
""",
    request="select record from _cw_request where user_id = ? and key = ?",
    add_request="""
insert into _cw_request (user_id, key, record, version, at) values (?, ?, ?, ?, ?)
""",
    same_name="select 1 from sales_customer where name = ? and id <> ?",
    change_customer="""
update sales_customer set name = ?, industry = ?, tier = ?, owner = ?, phone = ?, email = ?,
  annual_value = ?, version = ?, changed_at = ?, changed_by = ? where id = ?
""",
    order="""
select o.version, o.number, o.status, o.amount, c.name
from sales_order o join sales_customer c on c.id = o.customer
where o.id = ? and (c.owner = ? or ?)
""",
    confirm="""
update sales_order set status = 'confirmed', version = ?, changed_at = ?, changed_by = ?
where id = ?
""",
    managers="""
select u.id from std_user u join _cw_role_holder r on r.user_id = u.id
where r.role = 'sales.Manager' and u.active and u.id <> ?
""",
    add_notice="""
insert into _cw_notice (recipient, at, text, subject, record, read_at)
values (?, ?, ?, 'sales_order', ?, null)
""",
)


class Sqlite(Data):
    """A reading connection for each thread, and one to write with, under a lock."""

    sql = SQL

    def __init__(self, file: str) -> None:
        self._file = file
        self._own = threading.local()
        self._lock = threading.Lock()
        self._writing = self._connect()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        connection = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = self._connect()
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            connection.execute("COMMIT")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._writing.execute("BEGIN IMMEDIATE")
            try:
                yield self._writing
            except BaseException:
                self._writing.execute("ROLLBACK")
                raise
            self._writing.execute("COMMIT")

    def added(self, cursor: sqlite3.Cursor) -> int:
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def now(self) -> str:
        return datetime.now(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")

    def kept(self, amount: Decimal) -> int:
        return int(amount * CENTS)

    def amount(self, kept: int) -> Decimal:
        return Decimal(kept) / CENTS

    def money(self, kept: int) -> str:
        return f"{kept // CENTS:,}.{kept % CENTS:02}"

    def day(self, kept: str) -> date:
        return date.fromisoformat(kept)

    def moment(self, kept: str) -> datetime:
        return datetime.fromisoformat(kept)
