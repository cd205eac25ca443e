"""Plans: what the runtime executes, derived from the model; plain data.

`schema` (tables of the database), `upkeep` (which computed fields follow from which writes).
"""
