"""From a Bundle to a running app.

In import order: `settings`, `clock`, `tables` (the runtime's own), `db` (engines and transactions),
`prepared` (statements compiled once), `schema` (tables made, releases recorded), `access` (who is
who and may do what), `engine` (flows and rules, pure), `store` (the one write door and the one read
door), `exchange` (import, samples), `people` (users and their roles), `host` (what is served right
now), `testing` (tests of an app), `web`.
"""
