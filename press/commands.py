"""The command line, with the standard library alone: book.py reads it before anything is installed."""

import argparse

TITLE = "python3 book.py"
BENCHMARKS = ("training", "minibatches", "parallel")


def parser() -> argparse.ArgumentParser:
    """What `book.py` understands; the name of the command is left in `command`."""
    top = argparse.ArgumentParser(
        prog=TITLE,
        description="Builds, serves and tests the site. The first command sets up .venv, which takes some seconds.",
        epilog="PRESS_NO_CACHE=1 in the environment runs every program anew.",
    )
    commands = top.add_subparsers(required=True, dest="command", metavar="command")

    def add(name: str, words: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".")

    serve = add("serve", "build the site and serve it on this machine, again at every change")
    serve.add_argument("--port", type=_port, default=8000, help="8000 unless told")
    add("build", "build the site into site/; where anything is wrong, the old site stays")
    test = add("test", "build the site and run all tests")
    test.add_argument("pytest", nargs="*", help="words for pytest, after --")
    add("check", "do all that a pull request is checked for: style, a build without cache, tests")
    update = add("update", "write what programs print into their pages")
    update.add_argument("pages", nargs="*", metavar="docs/x.md", help="only these pages")
    bench = add("bench", "measure speed on this machine, and write what was measured into the pages that report it")
    bench.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(BENCHMARKS)}; all unless told")
    run = add("run", "run the program that stands on a line of a page")
    run.add_argument("place", metavar="docs/x.md:42", help="the page and a line of the block")
    run.add_argument("--show", action="store_true", help="print the program instead of running it")
    return top


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text} is no port: choose 1 to 65535")
    return int(text)
