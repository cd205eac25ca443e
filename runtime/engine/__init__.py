"""What flows and rules do, as data: compiled plan, act and rows in, commands out; pure.

In import order: `commands` (what there is to do), `statement` (from a `do` to commands), `flow`
(transitions), `rule` (which rules an act sets off, and in what order). `store` carries commands
out and asks again until nothing is left.
"""
