"""The Northwind company as its manager sees it, imported by the command."""

import html
import re
from decimal import Decimal
from pathlib import Path

from click.testing import CliRunner

from cli.main import main
from tests.runtime.web.browsing import serving
from tests.support.apps import app


def test_the_report_page_shows_the_well_known_total_and_leads_to_its_rows(
    root: Path, shared_data: Path, tmp_path: Path
) -> None:
    northwind = root / "apps" / "northwind"
    with serving(app(northwind), tmp_path) as site:
        database = f"sqlite:///{tmp_path / 'app.db'}"
        told = CliRunner().invoke(
            main,
            [
                "--lang", "en", "import", str(northwind), str(shared_data / "northwind"),
                "--as-history", "--database", database,
            ],
        )  # fmt: skip
        assert told.exit_code == 0, told.output
        assert re.search(r"orders\.csv\s+830 rows: 830 new", told.output)
        assert re.search(r"order_details\.csv\s+2155 rows: 2155 new", told.output)
        manager = site.browser("northwind.Manager")
        assert "$1,265,793.04" in html.unescape(manager.page("/r/northwind/total_revenue"))
        by_month = html.unescape(manager.page("/r/northwind/revenue_by_month"))
        assert "$1,265,793.04" in by_month
        first = re.search(
            r'<th scope="row"><a href="([^"]+)">Jul 1996</a></th><td class="n">\$([\d,.]+)</td>',
            by_month,
        )
        assert first is not None
        behind = manager.page(first[1] + "&size=100&cols=number&cols=amount")
        amounts = re.findall(r"\$([\d,.]+)", html.unescape(behind).split("<tbody>")[1])
        shown = sum(Decimal(each.replace(",", "")) for each in amounts)
        assert len(amounts) == 22
        cent = Decimal("0.01")
        assert abs(shown - Decimal(first[2].replace(",", ""))) <= cent * len(amounts) / 2
