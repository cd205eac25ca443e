"""The two doors to the data: every write passes `records`, every read passes `reader`.

What both work with: `domain` (model, tables, functions, rights), `shape` (an entity), `paths`,
`values`, `wording`, `problems` (how the doors refuse), `query` (what is asked and answered).

An act: `act` with its `row`s, `memory`, `relations`, `scope` and `guard`; a change as it is asked
for: `changing`, `filling`, `serial`, `lines`, `deletion`, `moving`, `drafts`, `conflict`,
`requests`, many at once: `batches`; what the app does about it: `triggers`, `upkeep`, `execution`,
`notices`; its end: `conclusion` with `truths` and `uniques`, then `saving` and `history`; who may
want to know of it: `witness`.

Reading: `selection` (which rows for whom), `lists` and `fetch`, `cursor`, `periods`, `rights`,
`histories`, `inbox`, and `reports` with `marks` and `figures`.
"""
