"""From the model to what runs.

`expr` (an expression as a Python function and as SQL), `schema` (tables and their changes).
"""
