"""The functions of the language, one module a family: `text`, `number`, `date`.

Each gives a signature, a Python form, a SQL form, its documentation in English and Chinese, and an
example that the tests run. SQLAlchemy is imported when a SQL form is built, not before.
"""
