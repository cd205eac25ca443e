"""From the model to what runs.

`schema` (tables and their changes), `upkeep` (what follows from which write), `expr` (an
expression as a Python function and as SQL).
"""
