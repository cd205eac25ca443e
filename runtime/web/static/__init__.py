"""The files that a page needs besides itself."""
