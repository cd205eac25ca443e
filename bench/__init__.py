"""What the product costs, measured: see docs/performance.md. `make bench` runs it."""
