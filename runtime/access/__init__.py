"""Who is who, and who may do what.

In import order: `actor` (who acts), `permission` (what grants allow), `identity` (sign-in).
"""
