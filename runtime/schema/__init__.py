"""The database brought to a model, and what it remembers of the models it had.

In the order of control flow: `releases` (the tables `_cw_release` and `_cw_element`), `elements`
(who is who in the database), `catalog` (the model's tables), `probe` (what the rows say to a
change), `ddl` and `fill` (carrying it out), `data` (rows that belong to the text), `refusal`
(what a person must decide), `means` (what a model asks for that cannot be carried out), `prepare`.
"""

from runtime.schema.refusal import Refused as Refused
