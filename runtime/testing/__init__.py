"""Tests of an app, run on a database of their own through the doors that everybody uses.

In import order: `outcome` (what became of a test, as data), `coverage` (what of the app tests have
reached) with `traced` (its decision tables tell), `stage` (the app on a database in memory, its
clock and its people), `dummies` (values for what a test leaves open), `world` (what a running test
knows), `expecting` (what must be true), `playing` (what the lines do).
"""
