"""The generated web pages: from plans and rows to HTML that works with and without script.

In order of control flow: `app` (Starlette's side), `routing` and `security` (what every request
passes), `visit` (one request being answered), `pages` (one module a family of addresses); for them
`messages` (interface texts), `looks` and `marks` (how fields and figures look), `cells` (value →
text on a page), `rows` (row functions of tables), `filters`, `inputs` and `widgets` (forms),
`chart` (figures as SVG), `contexts` (what each page shows), `templating` (context → HTML),
`assets` (files with a hash in the name), `live` (open pages told of changes). `vendor` fetches the
scripts of others, and is run by hand.
"""
