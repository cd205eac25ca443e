"""Scripts and pictures of others, fetched once and kept here with their hashes."""
