"""Benchmarks: what a page reports of speed is measured here, by `python3 book.py bench`.

Each module has the PAGE that it measures for, and measure(), which returns names and plain values.
"""
