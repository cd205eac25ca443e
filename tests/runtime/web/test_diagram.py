"""Pictures of flows and entities: complete, and nothing covers anything."""

from __future__ import annotations

import re
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from runtime.web.diagram.entities import entities_picture
from runtime.web.diagram.flow import flow_picture
from runtime.web.diagram.layout import Box, layered
from runtime.web.diagram.svg import draw
from tests.support.apps import shop

SHOP = """
entity Customer "Customer"
  name: text
  access
    everyone read

entity Order "Order"
  customer -> Customer
  lines: [Line]
  access
    everyone read

entity Line "Line"
  amount: int

flow Order.status "Status"
  state draft "Draft" initial
  state open "Open <now>" color blue
  state done "Done" final
  send "Send": draft -> open
    by everyone
  note "Note": * -> stay
    by everyone
  close "Close": draft, open -> done
    by everyone
  back "Back": open -> draft
    by everyone
"""


def words(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_a_flow_shows_every_state_and_every_step() -> None:
    model = shop(SHOP).workspace
    (flow,) = model.flows.values()
    svg = draw(flow_picture(flow, "en"))
    assert sorted(words(svg)) == sorted(
        ["Draft", "Open &lt;now&gt;", "Done", "Send", "Close", "Close", "Back"] + ["↻ Note"] * 2
    )
    assert svg.count('marker-end="url(#head)"') == 4
    assert "Send: Draft → Open &lt;now&gt;" in svg


def test_entities_show_what_refers_to_what() -> None:
    svg = draw(entities_picture(shop(SHOP).workspace, "shop", "en"))
    assert sorted(words(svg)) == ["Customer", "Customer", "Line", "Lines", "Order"]
    assert svg.count("dashed") - svg.count(".dashed") == 2


GRAPHS = st.integers(1, 12).flatmap(
    lambda count: st.tuples(
        st.lists(
            st.builds(Box, st.floats(10, 200), st.floats(10, 80)), min_size=count, max_size=count
        ),
        st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=20),
    )
)


@given(GRAPHS)
def test_no_box_covers_another_and_every_line_joins_its_boxes(
    graph: tuple[list[Box], list[tuple[int, int]]],
) -> None:
    boxes, lines = graph
    laid = layered(boxes, lines)
    assert laid.middles.keys() == set(range(len(boxes)))
    for one, other in combinations(range(len(boxes)), 2):
        (x, y), (to_x, to_y) = laid.middles[one], laid.middles[other]
        apart = abs(x - to_x) - (boxes[one].width + boxes[other].width) / 2
        above = abs(y - to_y) - (boxes[one].height + boxes[other].height) / 2
        assert apart > -0.001 or above > -0.001
    for (start, end), way in zip(lines, laid.lines, strict=True):
        assert (way[0], way[-1]) == (laid.middles[start], laid.middles[end])
    for at, (x, y) in laid.middles.items():
        assert boxes[at].width / 2 - 0.001 <= x <= laid.width - boxes[at].width / 2 + 0.001
        assert boxes[at].height / 2 - 0.001 <= y <= laid.height - boxes[at].height / 2 + 0.001
