"""All pages in the order in which addresses are tried: one-word addresses are the system's own."""

from __future__ import annotations

from runtime.web.pages import account, forms, home, lists, options, records, reports, steps, users

PAGES = (
    *home.PAGES,
    *account.PAGES,
    *users.PAGES,
    *reports.PAGES,
    *options.PAGES,
    *forms.PAGES,
    *steps.PAGES,
    *records.PAGES,
    *lists.PAGES,
)
