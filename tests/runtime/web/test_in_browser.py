"""What only a browser can tell: accessibility, fit on small screens, and what the script adds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.runtime.web.gallery import serve_gallery
from tests.runtime.web.sample_pages import PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

STATES = [*PAGES, "overlay"]
NORMAL = [
    *("sign_in", "bootstrap", "home", "inbox", "list", "record", "form", "transition", "delete"),
    *("report_columns", "report_line", "report_stacked", "report_bars", "report_number"),
    *("me", "users", "user_form", "error_404", "overlay"),
]


@pytest.fixture(scope="module")
def gallery() -> Iterator[str]:
    with serve_gallery() as address:
        yield address


def violations(page: Page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in found]


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("name", STATES)
def test_each_state_is_accessible_and_fits_a_phone(page: Page, gallery: str, name: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{gallery}/zh/light/{name}")
    assert violations(page) == []
    assert fits(page)


@pytest.mark.parametrize("name", NORMAL)
def test_each_page_is_accessible_in_the_dark(page: Page, gallery: str, name: str) -> None:
    page.set_viewport_size({"width": 1366, "height": 740})
    page.goto(f"{gallery}/en/dark/{name}")
    assert violations(page) == []
    assert fits(page)


@pytest.mark.parametrize("name", ["list", "record", "form", "report_columns"])
def test_a_page_reflows_at_320_pixels(page: Page, gallery: str, name: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{gallery}/en/light/{name}")
    assert fits(page)


def test_a_reference_is_chosen_by_typing(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/en/light/form")
    owner = page.get_by_role("combobox", name="Owner")
    owner.fill("har")
    page.get_by_role("option", name="Harbour & Vale").wait_for()
    assert page.locator('input[name="owner"]').input_value() == ""
    owner.press("Enter")
    assert owner.input_value() == "Harbour & Vale"
    assert page.locator('input[name="owner"]').input_value() == "1"
    assert owner.get_attribute("aria-expanded") == "false"


def test_a_dependent_reference_asks_with_what_stands_in_the_form(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/en/light/form")
    owner = page.get_by_role("combobox", name="Owner")
    beside = page.locator('form input[type="text"]:not([role])').first
    name = beside.get_attribute("name")
    owner.evaluate(f"input => input.closest('cw-combobox').dataset.src += '?this.{name}=old&of=a'")
    beside.fill("new & more")
    with page.expect_request("**/options?*") as asked:
        owner.fill("har")
    assert parse_qs(urlsplit(asked.value.url).query) == {
        f"this.{name}": ["new & more"], "of": ["a"], "q": ["har"]
    }  # fmt: skip


def test_a_search_without_match_says_so_and_escape_closes_it(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/en/light/form")
    owner = page.get_by_role("combobox", name="Owner")
    owner.fill("zzz")
    page.get_by_text("No match for “zzz”").wait_for()
    owner.press("Escape")
    assert page.get_by_role("listbox").count() == 0
    assert owner.input_value() == "zzz"


def test_lines_are_added_by_enter_and_removed(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/en/light/form")
    page.get_by_label("Line 2, Quantity").press("Enter")
    added = page.get_by_label("Line 3, Quantity")
    assert added.evaluate("input => input === document.activeElement")
    assert added.get_attribute("name") == "lines.2.quantity"
    added.fill("7")
    page.get_by_role("button", name="Remove line 1").click()
    assert page.get_by_label("Line 2, Quantity").input_value() == "7"
    assert page.locator("cw-lines tbody tr").count() == 2


def test_a_line_moves_by_keyboard_and_is_sent_in_its_new_place(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/en/light/form")
    first = page.get_by_label("Line 1, Quantity")
    first.fill("5")
    first.press("Alt+ArrowDown")
    moved = page.get_by_label("Line 2, Quantity")
    assert moved.input_value() == "5"
    assert moved.get_attribute("name") == "lines.1.quantity"
    assert page.get_by_label("Line 1, Quantity").get_attribute("name") == "lines.0.quantity"


def test_cells_pasted_from_a_sheet_fill_rows_and_add_new_ones(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/en/light/form")
    page.get_by_label("Line 2, Quantity").evaluate(
        """input => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", "3\\t10.50\\n4\\t11.00\\n");
            input.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true}));
        }"""
    )
    assert page.get_by_label("Line 2, Price").input_value() == "10.50"
    assert page.get_by_label("Line 3, Quantity").input_value() == "4"


def test_a_step_that_asks_opens_as_a_dialog_and_gives_focus_back(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/en/light/record")
    opener = page.get_by_role("link", name="Cancel order")
    opener.click()
    dialog = page.get_by_role("dialog", name="Cancel order")
    dialog.wait_for()
    assert page.get_by_label("Reason").evaluate("input => input === document.activeElement")
    assert violations(page) == []
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert opener.evaluate("link => link === document.activeElement")


def test_a_row_leads_to_its_record_and_a_head_sorts_in_place(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/en/light/list")
    page.get_by_role("columnheader", name="Company").get_by_role("link").click()
    page.wait_for_url("**/list?sort=x")
    page.locator("th[scope=row] a").first.click()
    page.wait_for_url("**/crm/customer/0")
    assert page.get_by_role("heading", level=1).inner_text() == "Not found"


def test_a_search_narrows_in_place_while_typing_goes_on(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/en/light/list")
    search = page.get_by_role("searchbox")
    search.press_sequentially("har")
    page.wait_for_url("**/crm/customer?*q=har")
    search.press_sequentially("bour")
    page.wait_for_url("**/crm/customer?*q=harbour")
    assert search.evaluate("input => input === document.activeElement")
    assert page.locator("#said").inner_text() == "51–100"


def test_an_answer_that_is_another_page_is_gone_to(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/en/light/record")
    page.get_by_role("link", name="Cancel order").click()
    page.get_by_label("Reason").fill("Ordered twice")
    page.get_by_role("button", name="Cancel order").click()
    page.wait_for_url("**/en/light/list")


def test_single_keys_act_only_while_nobody_types(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/en/light/list")
    page.keyboard.press("/")
    search = page.get_by_role("searchbox")
    assert search.evaluate("input => input === document.activeElement")
    page.keyboard.type("?")
    assert search.input_value() == "?"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keyboard").wait_for()


def test_rows_are_walked_by_keys(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/en/light/list")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "Harbour & Vale"
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent") == "Yangtze Logistics"


def test_a_date_takes_steps_from_the_keyboard(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/en/light/form")
    day = page.get_by_label("Last order")
    day.press("+")
    assert day.input_value() == "2026-11-22"
    day.press("-")
    day.press("-")
    assert day.input_value() == "2026-11-20"


def test_a_reload_in_development_keeps_what_is_being_typed(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/en/light/form")
    page.get_by_label("Email").fill("new@example.com")
    page.get_by_label("Line 2, Quantity").press("Enter")
    line = page.get_by_label("Line 3, Quantity")
    line.fill("9")
    page.evaluate("scrollTo(0, 200)")
    page.evaluate("document.querySelector('h1').textContent = 'old'")
    page.evaluate("reload()")
    page.get_by_role("heading", name="Edit Yangtze Logistics").wait_for()
    assert page.get_by_label("Email").input_value() == "new@example.com"
    assert line.input_value() == "9"
    assert line.evaluate("input => input === document.activeElement")
    assert page.evaluate("scrollY") == 200
    page.get_by_role("combobox", name="Owner").fill("har")
    page.get_by_role("option", name="Harbour & Vale").wait_for()


def test_errors_of_a_form_have_the_focus(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/en/light/form_errors")
    assert page.evaluate("document.activeElement.id") == "errors"


def test_a_page_is_complete_without_script(browser: Browser, gallery: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{gallery}/en/light/list")
    page.locator("#filters > summary").click()
    page.locator(".filter-field > summary", has_text="Annual value").click()
    page.get_by_role("button", name="Apply filter").wait_for()
    page.goto(f"{gallery}/en/light/record")
    page.get_by_text("Ship").click()
    page.get_by_text("Fill in the delivery date first.").last.wait_for()
    context.close()
