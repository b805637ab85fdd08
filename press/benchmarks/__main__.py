"""Runs one benchmark in this process, and prints the page it is for and its values as JSON."""

import importlib
import json
import sys

module = importlib.import_module(f"press.benchmarks.{sys.argv[1]}")
print(json.dumps({"page": module.PAGE, "values": module.measure()}))
