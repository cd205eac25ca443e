"""The language server, asked by a real client over the pipe that editors use."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Coroutine, Generator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

from cli.lsp.tokens import LEGEND

T = TypeVar("T")

APP = """\
app shop "Shop"
  languages en
  timezone "Asia/Shanghai"
  currency CNY

enum Tier "Tier"
  vip "VIP"
  plain "Plain"

## A company we sell to.
entity Customer
  name "Company": text(120) required search
  ## What they are worth.
  tier: Tier
  orders <- Order.customer
  total = sum(amount of orders)
  display "{name}"
  access
    everyone read, create
"""
ORDERS = """\
entity Order
  customer -> Customer required
  amount: money
  access
    everyone read when customer.tier == vip

flow Order.status
  state open initial
  state paid final
  pay: open -> paid
    by everyone

rule check_amount on Order created
  when amount > 100
  do
    notify Admin "{customer.name}: {amount}"
"""


class Editor:
    """What an editor does, each step waited for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runner = asyncio.Runner()
        self.client = LanguageClient("editor", "1")
        self.told: dict[str, list[lsp.Diagnostic]] = {}
        self.versions: dict[str, int] = {}
        self.texts: dict[str, str] = {}

        def told(params: lsp.PublishDiagnosticsParams) -> None:
            self.told[Path(params.uri).name] = list(params.diagnostics)

        self.client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(told)

    def wait(self, step: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(asyncio.wait_for(step, 30))

    def start(self, locale: str = "en") -> None:
        casework = (sys.executable, "-c", "from cli.main import main; main()")
        self.wait(self.client.start_io(*casework, "lsp"))
        self.wait(
            self.client.initialize_async(
                lsp.InitializeParams(
                    capabilities=lsp.ClientCapabilities(),
                    locale=locale,
                    workspace_folders=[lsp.WorkspaceFolder(self.folder.as_uri(), "apps")],
                )
            )
        )
        self.client.initialized(lsp.InitializedParams())
        for file in sorted(self.folder.rglob("*.case")):
            self.open(file.name)

    def stop(self) -> None:
        self.wait(self.client.shutdown_async(None))
        self.client.exit(None)
        self.wait(self.client.stop())  # type: ignore[no-untyped-call]
        self.runner.close()

    def uri(self, name: str) -> str:
        return (self.folder / "shop" / name).as_uri()

    def document(self, name: str) -> lsp.TextDocumentIdentifier:
        return lsp.TextDocumentIdentifier(self.uri(name))

    def open(self, name: str) -> None:
        self.texts[name] = (self.folder / "shop" / name).read_text("utf-8")
        self.versions[name] = 1
        item = lsp.TextDocumentItem(self.uri(name), "casework", 1, self.texts[name])
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

    def type(self, name: str, text: str) -> None:
        """The whole text of a file, as it is now."""
        self.texts[name] = text
        self.versions[name] += 1
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(self.versions[name], self.uri(name)),
                [lsp.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    def at(self, name: str, text: str, inside: int = 0) -> dict[str, Any]:
        """The position of a text in a file."""
        offset = self.texts[name].index(text) + inside
        before = self.texts[name][:offset]
        line = before.rpartition("\n")[2]
        units = len(line.encode("utf-16-le")) // 2
        return {
            "text_document": self.document(name),
            "position": lsp.Position(before.count("\n"), units),
        }

    def text_at(self, name: str, where: lsp.Range) -> str:
        lines = self.texts[name].split("\n")
        assert where.start.line == where.end.line
        units = lines[where.start.line].encode("utf-16-le")
        return units[where.start.character * 2 : where.end.character * 2].decode("utf-16-le")

    def diagnostics(self, name: str) -> list[lsp.Diagnostic]:
        """What was told of a file, once all that was sent is answered."""
        self.wait(
            self.client.text_document_document_symbol_async(
                lsp.DocumentSymbolParams(self.document(name))
            )
        )
        return self.told.get(name, [])

    def applied(self, edit: lsp.WorkspaceEdit | None) -> dict[str, str]:
        """The texts after an edit, by file."""
        assert edit is not None and edit.changes is not None
        after = dict(self.texts)
        for uri, changes in edit.changes.items():
            name = Path(uri).name
            after[name] = edited(self.texts[name], changes)
        return after


def edited(text: str, changes: Any) -> str:
    """A text with edits carried out, as the protocol says: all in terms of the text before."""

    def offset(at: lsp.Position) -> int:
        lines = text.split("\n")
        units = lines[at.line].encode("utf-16-le")[: at.character * 2] if lines[at.line :] else b""
        return sum(len(line) + 1 for line in lines[: at.line]) + len(units.decode("utf-16-le"))

    for change in sorted(changes, key=lambda each: offset(each.range.start), reverse=True):
        text = (
            text[: offset(change.range.start)] + change.new_text + text[offset(change.range.end) :]
        )
    return text


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Generator[Editor]:
    folder = tmp_path_factory.mktemp("apps")
    (folder / "shop").mkdir()
    (folder / "shop" / "app.case").write_text(APP, "utf-8")
    (folder / "shop" / "orders.case").write_text(ORDERS, "utf-8")
    editor = Editor(folder)
    editor.start()
    yield editor
    editor.stop()


@pytest.fixture
def editor(started: Editor) -> Editor:
    started.type("app.case", APP)
    started.type("orders.case", ORDERS)
    return started


def test_a_fault_is_told_while_it_is_typed_and_taken_back(editor: Editor) -> None:
    assert editor.diagnostics("orders.case") == []
    editor.type("orders.case", ORDERS.replace("-> Customer", "-> Custmer"))
    (found,) = editor.diagnostics("orders.case")
    assert (found.code, editor.text_at("orders.case", found.range)) == ("CW0201", "Custmer")
    assert "Customer" in found.message
    editor.type("orders.case", ORDERS)
    assert editor.diagnostics("orders.case") == []


def test_a_fault_in_one_file_is_told_where_another_file_meets_it(editor: Editor) -> None:
    editor.type("app.case", APP.replace("tier: Tier", "rank: Tier"))
    (found,) = editor.diagnostics("orders.case")
    assert editor.text_at("orders.case", found.range) == "tier"


def labels(editor: Editor, name: str, text: str) -> list[str]:
    """What is offered at the end of a text that is being typed."""
    asked = editor.at(name, text, len(text))
    found = editor.wait(editor.client.text_document_completion_async(lsp.CompletionParams(**asked)))
    assert isinstance(found, list)
    return [item.label for item in found]


@pytest.mark.parametrize(
    ("line", "some", "never"),
    [
        ("  when ", ["amount", "customer", "status", "sum", "today", "not"], ["entity", "rule"]),
        ("  when customer.", ["name", "tier", "total"], ["amount", "not"]),
        ("  when customer.tier == ", ["vip", "plain"], []),
        ("  when status == ", ["open", "paid"], []),
        ("  when exists(customer.orders where am", ["amount"], []),
        ("  ", ["when", "do", "reject"], ["entity"]),
    ],
)
def test_what_fits_is_offered(editor: Editor, line: str, some: list[str], never: list[str]) -> None:
    text = ORDERS.replace("  when amount > 100", line)
    editor.type("orders.case", text)
    offered = labels(editor, "orders.case", f"created\n{line}")
    assert set(some) <= set(offered)
    assert not set(never) & set(offered)


@pytest.mark.parametrize(
    ("before", "line", "some"),
    [
        ("  amount: money", "  amount: ", ["money", "Tier", "text"]),
        ("  customer -> Customer", "  customer -> ", ["Customer", "User", "Order"]),
        ("    everyone read", "    every", ["everyone", "customer"]),
        ("    everyone read", "    everyone ", ["read", "create", "all"]),
        ('    notify Admin "{customer.name}: {amount}"', '    notify Admin "{customer.', ["name"]),
        ("    by everyone", "    by ", ["everyone", "Admin", "customer"]),
    ],
)
def test_names_of_the_right_kind_are_offered(
    editor: Editor, before: str, line: str, some: list[str]
) -> None:
    editor.type("orders.case", ORDERS.replace(before, line, 1))
    assert set(some) <= set(labels(editor, "orders.case", line))


def test_a_declaration_is_offered_at_the_margin(editor: Editor) -> None:
    editor.type("orders.case", ORDERS + "\n")
    offered = labels(editor, "orders.case", ORDERS + "\n")
    assert {"entity", "flow", "rule", "report"} <= set(offered)


def test_hovering_shows_the_declaration_with_documentation_and_type(editor: Editor) -> None:
    def hovered(name: str, text: str, inside: int = 0) -> str:
        found = editor.wait(
            editor.client.text_document_hover_async(
                lsp.HoverParams(**editor.at(name, text, inside))
            )
        )
        assert found is not None and isinstance(found.contents, lsp.MarkupContent)
        return found.contents.value

    assert "What they are worth." in hovered("orders.case", "tier ==")
    assert "A company we sell to." in hovered("orders.case", "Customer required")
    total = hovered("app.case", "total =")
    assert "sum(amount of orders)" in total and "`money" in total


def test_a_name_leads_to_its_declaration_and_to_its_uses(editor: Editor) -> None:
    asked = editor.at("orders.case", "tier ==")
    found = editor.wait(editor.client.text_document_definition_async(lsp.DefinitionParams(**asked)))
    assert isinstance(found, lsp.Location)
    assert Path(found.uri).name == "app.case"
    assert editor.text_at("app.case", found.range) == "tier"
    uses = editor.wait(
        editor.client.text_document_references_async(
            lsp.ReferenceParams(lsp.ReferenceContext(include_declaration=True), **asked)
        )
    )
    assert uses is not None
    assert sorted(Path(use.uri).name for use in uses) == ["app.case", "orders.case"]


def rename(editor: Editor, name: str, text: str, new: str) -> dict[str, str]:
    asked = editor.at(name, text)
    return editor.applied(
        editor.wait(
            editor.client.text_document_rename_async(lsp.RenameParams(new_name=new, **asked))
        )
    )


def test_a_rename_reaches_every_file_and_breaks_nothing(editor: Editor) -> None:
    after = rename(editor, "orders.case", "name}", "公司")
    assert '公司 "Company": text(120)' in after["app.case"]
    assert 'display "{公司}"' in after["app.case"]
    assert "{customer.公司}" in after["orders.case"]
    for name, text in after.items():
        editor.type(name, text)
    assert editor.diagnostics("app.case") == editor.diagnostics("orders.case") == []


def test_positions_count_as_editors_do(editor: Editor) -> None:
    editor.type("orders.case", ORDERS.replace('"{customer.name}', '"𝔘 客户 {customer.name}'))
    after = rename(editor, "orders.case", "name}", "title")
    assert '"𝔘 客户 {customer.title}: {amount}"' in after["orders.case"]


def test_a_rename_that_would_change_the_meaning_is_refused(editor: Editor) -> None:
    with pytest.raises(Exception, match="`tier` is taken"):
        rename(editor, "orders.case", "name}", "tier")
    asked = editor.at("orders.case", "money")
    nothing = editor.wait(
        editor.client.text_document_prepare_rename_async(lsp.PrepareRenameParams(**asked))
    )
    assert nothing is None


def test_the_outline_holds_every_declaration_and_member(editor: Editor) -> None:
    found = editor.wait(
        editor.client.text_document_document_symbol_async(
            lsp.DocumentSymbolParams(editor.document("orders.case"))
        )
    )
    outline = {
        each.name: [child.name for child in each.children or ()]
        for each in found or ()
        if isinstance(each, lsp.DocumentSymbol)
    }
    assert outline == {
        "entity Order": ["customer", "amount"],
        "flow Order.status": ["open", "paid", "pay"],
        "rule check_amount": [],
    }
    everywhere = editor.wait(
        editor.client.workspace_symbol_async(lsp.WorkspaceSymbolParams("cust"))
    )
    assert {each.name for each in everywhere or ()} >= {"Customer", "customer"}


def test_blocks_fold(editor: Editor) -> None:
    found = editor.wait(
        editor.client.text_document_folding_range_async(
            lsp.FoldingRangeParams(editor.document("orders.case"))
        )
    )
    assert [(each.start_line, each.end_line) for each in found or ()] == [
        (0, 4), (3, 4), (6, 10), (9, 10), (12, 15), (14, 15),
    ]  # fmt: skip


def test_names_are_coloured_by_what_they_mean(editor: Editor) -> None:
    found = editor.wait(
        editor.client.text_document_semantic_tokens_full_async(
            lsp.SemanticTokensParams(editor.document("orders.case"))
        )
    )
    assert found is not None
    kinds = LEGEND.token_types
    seen: dict[str, str] = {}
    line = character = 0
    for at in range(0, len(found.data), 5):
        down, along, length, kind, _ = found.data[at : at + 5]
        line, character = line + down, along if down else character + along
        where = lsp.Range(lsp.Position(line, character), lsp.Position(line, character + length))
        seen.setdefault(editor.text_at("orders.case", where), kinds[kind])
    assert seen["Customer"] == "class"
    assert seen["amount"] == "property"
    assert seen["paid"] == "enumMember"
    assert seen["pay"] == "method"


def test_formatting_changes_only_what_is_not_in_the_layout(editor: Editor) -> None:
    editor.type("orders.case", ORDERS.replace("  amount: money", "  amount :   money"))
    edits = editor.wait(
        editor.client.text_document_formatting_async(
            lsp.DocumentFormattingParams(
                editor.document("orders.case"), lsp.FormattingOptions(2, True)
            )
        )
    )
    assert edits is not None and len(edits) == 1
    assert edits[0].range.start.line == edits[0].range.end.line - 1
    assert edited(editor.texts["orders.case"], edits) == ORDERS


def test_a_fix_is_offered_and_carries_itself_out(editor: Editor) -> None:
    editor.type("orders.case", ORDERS.replace("-> Customer", "-> Custmer"))
    (found,) = editor.diagnostics("orders.case")
    offered = editor.wait(
        editor.client.text_document_code_action_async(
            lsp.CodeActionParams(
                editor.document("orders.case"), found.range, lsp.CodeActionContext([found])
            )
        )
    )
    fixes = [each for each in offered or () if isinstance(each, lsp.CodeAction)]
    assert editor.applied(fixes[0].edit)["orders.case"] == ORDERS


def test_types_that_are_not_written_are_shown(editor: Editor) -> None:
    whole = lsp.Range(lsp.Position(0, 0), lsp.Position(99, 0))
    found = editor.wait(
        editor.client.text_document_inlay_hint_async(
            lsp.InlayHintParams(editor.document("app.case"), whole)
        )
    )
    assert [each.label for each in found or ()] == [": money"]


def test_messages_are_in_the_language_of_the_editor(tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parents[2] / "apps" / "crm", tmp_path / "shop")
    editor = Editor(tmp_path)
    editor.start("zh-cn")
    text = editor.texts["lead.case"].replace("-> User", "-> Usr", 1)
    editor.type("lead.case", text)
    assert any("没有" in each.message for each in editor.diagnostics("lead.case"))
    editor.stop()
