"""Data in and out by files, by way of the field types.

In import order: `mapping` (which column fills which field), `files` (CSV as rows of cells), `cells`
(what a cell means), `plan` (a mapping checked against an app), `results`, `faults` (the file of
refused rows), `lookups` (records found by a unique field), `reading` (a row's cells to values),
`records_file` and `links_file` (one file), `imports` (all of them); `sample` (made-up data for any
app).
"""
