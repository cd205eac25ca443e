"""Data in and out by files, by way of the field types.

`mapping` (which column fills which field), `files` (CSV as rows of cells), `cells` (what a cell
means), `lookups` (records found by a unique field), `imports` (rows saved in batches), `faults`
(the file of refused rows); `sample` (made-up data for any app).
"""
