"""From a Bundle to a running app.

In import order: `settings`, `clock`, `db` (engines and transactions), `access` (who is who and may
do what), `schema` (tables made, releases recorded), `engine` (flows and rules, pure), `store` (the
one write door and the one read door), `exchange` (import, export, samples), `web`.
"""
