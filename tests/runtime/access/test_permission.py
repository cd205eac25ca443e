"""What grants add up to, for whom."""

from __future__ import annotations

import pytest

from compiler.model.base import EntityId, RoleId
from compiler.model.entity import Action
from runtime.access.actor import Actor, signed_in, visitor
from runtime.access.permission import EVERYTHING, Permissions, Standing
from tests.support.apps import shop

APP = """\
role Sales "Sales"
role Chief "Chief" includes Sales
role Clerk "Clerk"

data Region "Region" by code
  code | name
  east | East

entity Order "Order"
  number "Number": text(9) required
  secret "Secret": text(9)
  owner "Owner" -> User
  lines "Lines": [Line]
  hidden "Hidden": [Hidden]
  display "{number}"
  access
    public read only number
    everyone read only number, lines
    Sales create, update when owner == me
    Chief delete
    Clerk update only number
    owner read except secret

entity Line "Line"
  product "Product": text(9) required
  price "Price": int
  display "{product}"

entity Hidden "Hidden"
  what "What": text(9) required
  display "{what}"
  access
    Chief read only what
"""
ORDER, LINE, HIDDEN, REGION = map(
    EntityId, ("shop.Order", "shop.Line", "shop.Hidden", "shop.Region")
)


@pytest.fixture(scope="module")
def permissions() -> Permissions:
    return Permissions(shop(APP).workspace)


def standing(permissions: Permissions, *roles: str) -> Standing:
    held = frozenset(RoleId(role) for role in roles)
    return Standing.of(signed_in(permissions.workspace, 1, held, "en"))


NOBODY = Standing.of(visitor("en"))
APP_ITSELF = Standing.of(Actor(None, authority="app"))


@pytest.mark.parametrize(
    ("roles", "action", "allowed"),
    [
        ((), "create", False),
        (("shop.Sales",), "create", True),
        (("shop.Chief",), "create", True),  # by inclusion
        (("shop.Sales",), "delete", False),
        (("shop.Chief",), "delete", True),
        (("shop.Clerk",), "update", True),
        (("std.Admin",), "delete", True),
        (("shop.Nonsense",), "update", False),
    ],
)
def test_a_right_needs_a_grant(
    permissions: Permissions, roles: tuple[str, ...], action: Action, allowed: bool
) -> None:
    assert bool(permissions.rights(standing(permissions, *roles), ORDER, action)) is allowed


def test_rights_and_their_fields_add_up(permissions: Permissions) -> None:
    fields = permissions.fields
    assert fields(NOBODY, ORDER, "read") == {"id", "number"}
    everybody = standing(permissions)
    assert {"number", "lines", "owner", "created_at"} <= fields(everybody, ORDER, "read")
    assert "secret" not in fields(everybody, ORDER, "read")
    assert fields(standing(permissions, "shop.Clerk"), ORDER, "update") == {"id", "number"}
    both = standing(permissions, "shop.Clerk", "shop.Sales")
    assert "secret" in fields(both, ORDER, "update")
    rights = permissions.rights(both, ORDER, "update")
    assert sorted(right.condition is None for right in rights) == [False, True]


def test_nobody_signed_in_has_public_rights_alone(permissions: Permissions) -> None:
    (right,) = permissions.rights(NOBODY, ORDER, "read")
    assert right.condition is None
    assert permissions.rights(NOBODY, ORDER, "update") == ()
    assert permissions.rights(NOBODY, REGION, "read") == ()
    assert permissions.rights(standing(permissions), REGION, "read") == EVERYTHING


def test_the_app_itself_and_admins_may_do_everything(permissions: Permissions) -> None:
    admin = standing(permissions, "std.Admin")
    for entity in (ORDER, LINE, HIDDEN, REGION):
        assert permissions.rights(APP_ITSELF, entity, "delete") == EVERYTHING
        assert permissions.rights(admin, entity, "delete") == EVERYTHING


def test_lines_have_their_owners_rights_where_these_cover_them(permissions: Permissions) -> None:
    everybody = standing(permissions)
    assert any(right.condition is None for right in permissions.rights(everybody, LINE, "read"))
    assert permissions.rights(NOBODY, LINE, "read") == ()  # only the number is public
    for action in ("create", "update", "delete"):
        sales = permissions.rights(standing(permissions, "shop.Sales"), LINE, action)
        assert [right.condition is None for right in sales] == [False]  # of their own orders
        assert permissions.rights(standing(permissions, "shop.Clerk"), LINE, action) == ()


def test_grants_of_a_line_only_narrow(permissions: Permissions) -> None:
    assert permissions.rights(standing(permissions), HIDDEN, "read") == ()
    chief = standing(permissions, "shop.Chief")
    rights = permissions.rights(chief, HIDDEN, "read")
    assert permissions.fields(chief, HIDDEN, "read") == {"id", "what"}
    assert all(right.condition is not None for right in rights)  # the owner's alone show them
    assert permissions.rights(chief, HIDDEN, "update") == ()
