"""The pages: one context each in `contexts`, drawn by the template of the same name.

A module per family answers for its addresses and lists them in its own `PAGES`; `contents` puts
all of them in order. `frame` draws what stands around each page, `errors` and `overlay` what says
no; `form_state`, `line_items`, `conflicts` and `options` are parts of forms.
"""
