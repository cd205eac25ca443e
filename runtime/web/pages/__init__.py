"""The pages: one context each in `contexts`, drawn by the template of the same name.

A module per family answers for its addresses and lists them in its own `PAGES`.
"""
