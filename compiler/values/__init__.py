"""What operators mean on the Python values of `model.types`: `numbers`, `dates`, `texts`.

Generated Python calls these functions; SQLite's registered ones and the storage of columns rest on
them too. `periods` are the spans of days that people name from today.
"""
