"""The whole line in a browser: from a person's first click to the text of the app and back.

A real `casework dev` serves a copy of the workspace; nothing is simulated.
"""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

SECONDS = 60
"""As long as anything is waited for: far more than it ever takes."""
CUSTOMER = "crm/customer.case"


@dataclass
class Server:
    """A running `casework dev` and the folder it serves."""

    process: subprocess.Popen[bytes]
    folder: Path
    address: str

    def replace(self, file: str, old: str, new: str) -> None:
        """Edit a file as an editor does."""
        path = self.folder / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("workspace") / "apps"
    shutil.copytree(root / "apps" / "crm", folder / "crm")
    port = free_port()
    casework = [sys.executable, "-c", "from cli.main import main; main()"]
    command = [*casework, "dev", str(folder), "--demo", "--port", str(port)]
    address = f"http://127.0.0.1:{port}"
    log = folder.parent / "log"
    with (
        log.open("w") as output,
        subprocess.Popen(command, cwd=root, stdout=output, stderr=subprocess.STDOUT) as process,
    ):
        try:
            wait_for(process, address, log)
            yield Server(process, folder, address)
        finally:
            process.kill()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Until the server answers."""
    for _ in range(SECONDS * 10):
        assert process.poll() is None, log.read_text("utf-8")
        try:
            urllib.request.urlopen(f"{address}/login").close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server does not answer")


def sign_in(page: Page, server: Server, role: str) -> None:
    page.set_default_timeout(SECONDS * 1000)
    page.goto(f"{server.address}/login")
    page.locator("button.person", has=page.get_by_text(role, exact=True)).click()
    page.get_by_role("heading", level=1, name="Hello").wait_for()


def choose(page: Page, label: str, text: str) -> None:
    """Choose a record by typing the beginning of its name."""
    page.get_by_role("combobox", name=label).fill(text)
    page.get_by_role("option", name=text).first.click()


def text_field(page: Page, label: str) -> Locator:
    return page.get_by_role("textbox", name=label)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()


def test_from_the_first_customer_to_the_report_and_the_text(page: Page, server: Server) -> None:
    add_products(page, server)
    sell(page, server)
    see_the_report(page, server)
    edit_the_text(page, server)
    break_and_mend_the_text(page, server)


def add_products(page: Page, server: Server) -> None:
    """A sales manager puts two products into the catalogue."""
    sign_in(page, server, "Sales manager")
    for name, code, price in (("标准版许可", "L-1", "1200"), ("现场培训", "T-1", "800.50")):
        page.goto(f"{server.address}/crm/product/new")
        text_field(page, "Name").fill(name)
        text_field(page, "Article number").fill(code)
        text_field(page, "List price").fill(price)
        page.get_by_label("Kept in stock").uncheck()
        save(page)
        page.get_by_role("heading", level=1, name=name).wait_for()
    sign_out(page)


def sell(page: Page, server: Server) -> None:
    """A sales rep creates a customer with Chinese text, an order of two lines, and confirms it."""
    sign_in(page, server, "Sales rep")
    page.get_by_role("navigation").get_by_role("link", name="Customer", exact=True).click()
    page.get_by_role("main").get_by_role("link", name="New Customer").click()
    text_field(page, "Company").fill("上海远洋贸易有限公司")
    page.get_by_label("Industry").select_option(label="Retail")
    text_field(page, "Address").fill("浦东新区世纪大道100号")
    save(page)
    page.get_by_role("heading", level=1, name="上海远洋贸易有限公司").wait_for()
    page.get_by_role("status").get_by_text("Created").wait_for()

    page.get_by_role("link", name="New Orders").click()
    assert page.get_by_role("combobox", name="Customer").input_value() == "上海远洋贸易有限公司"
    choose(page, "Line 1, Product", "标准版")
    page.get_by_label("Line 1, Quantity").fill("3")
    page.get_by_role("button", name="Add line").click()
    choose(page, "Line 2, Product", "现场")
    page.get_by_label("Line 2, Quantity").fill("2")
    save(page)
    page.get_by_role("heading", level=1, name=re.compile("^SO-")).wait_for()
    assert page.get_by_text("¥5,201.00").first.is_visible()

    page.get_by_role("link", name="Confirm").click()
    dialog = page.get_by_role("dialog", name="Confirm")
    dialog.get_by_text("5,201.00").wait_for()
    dialog.get_by_role("button", name="Confirm").click()
    page.get_by_text("Now: Confirmed").wait_for()
    sign_out(page)


def see_the_report(page: Page, server: Server) -> None:
    """The director's report has the order, and its rows are behind the figure."""
    sign_in(page, server, "Sales director")
    page.get_by_role("link", name="Revenue by month and industry").first.click()
    page.get_by_text("Show as table").click()
    total = page.locator("tfoot")
    assert "5,201.00" in total.inner_text()
    page.locator(".chart-mark").first.click()
    page.get_by_role("heading", level=1, name="Order").wait_for()
    assert page.locator("tbody tr").count() == 1
    assert "上海远洋贸易有限公司" in page.locator("tbody").inner_text()
    sign_out(page)


def edit_the_text(page: Page, server: Server) -> None:
    """The open page follows the text; what is being typed into it stays."""
    sign_in(page, server, "Sales rep")
    page.goto(f"{server.address}/crm/customer/new")
    page.evaluate("window.notReloaded = true")
    company = text_field(page, "Company")
    company.fill("正在输入的公司")
    wechat = text_field(page, "WeChat")
    wechat.press_sequentially("half a na")
    server.replace(
        "crm/customer.case", "  website: url\n", '  website: url\n  slogan "Motto": text(80)\n'
    )
    server.replace(
        "crm/customer.case", "      wechat, website\n", "      wechat, website\n      slogan\n"
    )
    text_field(page, "Motto").wait_for()
    assert page.evaluate("window.notReloaded")
    assert company.input_value() == "正在输入的公司"
    assert wechat.input_value() == "half a na"
    assert wechat.evaluate("input => input === document.activeElement")
    wechat.press_sequentially("me")
    text_field(page, "Motto").fill("诚信为本")
    save(page)
    page.get_by_role("heading", level=1, name="正在输入的公司").wait_for()
    assert page.get_by_text("half a name").is_visible()
    assert page.get_by_text("诚信为本").is_visible()


def break_and_mend_the_text(page: Page, server: Server) -> None:
    """A fault is shown with its line and the fix, while the last good app serves on."""
    page.goto(f"{server.address}/crm/customer/new")
    text_field(page, "Motto").fill("kept")
    server.replace(CUSTOMER, "credit_limit: money", "credit_limit: mony")
    overlay = page.locator("#overlay, .overlay").first
    overlay.get_by_text("credit_limit: mony min 0").first.wait_for()
    assert "money" in overlay.inner_text()
    with urllib.request.urlopen(f"{server.address}/login") as answer:
        assert answer.status == 200
    server.replace(CUSTOMER, "credit_limit: mony", "credit_limit: money")
    overlay.wait_for(state="detached")
    assert text_field(page, "Motto").input_value() == "kept"


def sign_out(page: Page) -> None:
    page.locator("details.me > summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", level=1, name="Sign in").wait_for()


def test_a_signal_ends_the_server_though_a_page_listens(browser: Browser, server: Server) -> None:
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, server, "Sales rep")
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(timeout=SECONDS) == 0
    context.close()
