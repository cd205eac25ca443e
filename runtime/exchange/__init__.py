"""Data in and out by files, by way of the field types.

`mapping` (which column fills which field), `files` (CSV as rows of cells), `cells` (what a cell
means), `plan` (a mapping checked against an app), `lookups` (records found by a unique field),
`results`, `reading`, `records_file` and `links_file` (one file), `imports` (all of them), `faults`
(the file of refused rows); `sample` (made-up data for any app).
"""
