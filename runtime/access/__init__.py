"""Who is who, and who may do what.

In import order: `actor` (who acts), `permission` (what grants allow) and `mask` (expressions as a
reader may know them); for coming in `tokens`, `passwords`, `limits` (how often one may try),
`sessions`, `links` (one-time links) and `identity` (sign-in).
"""
