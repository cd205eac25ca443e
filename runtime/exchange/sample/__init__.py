"""Made-up data for any app, driven by its model; the same every time.

`recipe` (what an app's `sample.toml` says), `words` and `texts` (names and sentences), `values` (a
value for any field), `journey` (how far a record came in its flow), `pool` (what was made so far),
`records` (one record), `generator` (all of them, through the write door).
"""
