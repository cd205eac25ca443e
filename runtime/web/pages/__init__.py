"""The pages: one context each in `contexts`, drawn by the template of the same name."""
