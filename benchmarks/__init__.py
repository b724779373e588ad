"""What we promise about speed, as runnable code. `make bench`; the numbers are in docs/performance.md."""
