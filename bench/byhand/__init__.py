"""The limit: the bench's app as somebody would write it by hand who knows SQL and Starlette well.

It works on the same tables and does the same work: session, rights, rules, checks, history,
notices, repeated requests, durability; and answers with the same pages.
"""
