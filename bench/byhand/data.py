"""The hand-written SQL and the connections that it runs on."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

CENTS = 100


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    name: str
    email: str
    csrf: str
    is_manager: bool


class Data:
    """A reading connection for each thread, and one to write with, under a lock."""

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
        """One read transaction: all that a page shows is of one moment."""
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
        """One write transaction, undone by an exception."""
        with self._lock:
            self._writing.execute("BEGIN IMMEDIATE")
            try:
                yield self._writing
            except BaseException:
                self._writing.execute("ROLLBACK")
                raise
            self._writing.execute("COMMIT")


def now() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


SESSION = """
select u.id, u.name, u.email, s.csrf, max(r.role = 'sales.Manager')
from _cw_session s join std_user u on u.id = s.user_id
left join _cw_role_holder r on r.user_id = u.id
where s.token = ? and s.ends_at > ? and u.active group by u.id
"""
UNREAD = """
select count(*) from
(select 1 from _cw_notice where recipient = ? and read_at is null limit 100)
"""
LIST = """
select c.id, c.name, c.code, c.industry, c.tier, c.owner, u.name, c.phone, c.annual_value,
  c.paid_total
from sales_customer c left join std_user u on u.id = c.owner
where c.industry = ? and c.owner = ?
order by c.annual_value desc, c.id desc limit 51
"""
COUNT = """
select count(*) from
(select 1 from sales_customer where industry = ? and owner = ? limit 1001)
"""
CUSTOMER = """
select c.id, c.version, c.name, c.code, c.industry, c.tier, c.owner, u.name, c.phone, c.email,
  c.annual_value, c.paid_total
from sales_customer c left join std_user u on u.id = c.owner
where c.id = ? and (c.owner = ? or ?)
"""
ORDERS = """
select id, number, status, ordered_on, amount from sales_order
where customer = ? order by id limit 11
"""
HISTORY = """
select h.at, u.name, h.action, h.name, h.old, h.new from _cw_history h
left join std_user u on u.id = h.actor
where h.subject = 'sales_customer' and h.record = ? order by h.id desc limit 30
"""
USER = "select name from std_user where id = ?"
NEXT_NUMBER = """
insert into _cw_serial (name, last) values (?, 1)
on conflict (name) do update set last = last + 1 returning last
"""
ADD_CUSTOMER = """
insert into sales_customer (version, name, code, industry, tier, owner, phone, email,
  annual_value, paid_total, created_at, created_by, changed_at, changed_by)
values (1, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?)
"""
ADD_HISTORY = """
insert into _cw_history (subject, record, version, at, actor, cause, action, name, old, new)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
REQUEST = "select record from _cw_request where user_id = ? and key = ?"
ADD_REQUEST = "insert into _cw_request (user_id, key, record, version, at) values (?, ?, ?, ?, ?)"
SAME_NAME = "select 1 from sales_customer where name = ? and id <> ?"
CHANGE_CUSTOMER = """
update sales_customer set name = ?, industry = ?, tier = ?, owner = ?, phone = ?, email = ?,
  annual_value = ?, version = ?, changed_at = ?, changed_by = ? where id = ?
"""
ORDER = """
select o.version, o.number, o.status, o.amount, c.name
from sales_order o join sales_customer c on c.id = o.customer
where o.id = ? and (c.owner = ? or ?)
"""
CONFIRM = """
update sales_order set status = 'confirmed', version = ?, changed_at = ?, changed_by = ?
where id = ?
"""
MANAGERS = """
select u.id from std_user u join _cw_role_holder r on r.user_id = u.id
where r.role = 'sales.Manager' and u.active and u.id <> ?
"""
ADD_NOTICE = """
insert into _cw_notice (recipient, at, text, subject, record, read_at)
values (?, ?, ?, 'sales_order', ?, null)
"""


def person_of(connection: sqlite3.Connection, token: str) -> Person | None:
    key = sha256(token.encode()).hexdigest()
    row = connection.execute(SESSION, (key, now())).fetchone()
    return Person(row[0], row[1], row[2], row[3], bool(row[4])) if row else None
