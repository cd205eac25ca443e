"""The two doors to the data: every write passes `records`, every read passes `query`."""
