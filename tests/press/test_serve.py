"""`serve` shows the site on this machine, builds again after a change, and survives a mistake."""

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest


@pytest.fixture
def served(project):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "press", "serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=project.root, stderr=subprocess.DEVNULL)
    yield project, f"http://127.0.0.1:{port}/"
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0


def wait_for(url: str, words: str, seconds: float = 40) -> str:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                page = answer.read().decode()
            if words in page:
                return page
        except OSError:
            pass
        time.sleep(0.3)
    raise AssertionError(f"{url} never showed {words}")


def test_a_change_is_built_and_a_mistake_leaves_the_last_sound_site(served):
    project, url = served
    wait_for(url, "It adds to 5")
    project.write("snippets/first.py", project.read("snippets/first.py").replace("FACTOR = 2", "FACTOR = 3"))
    project.write("docs/index.md", project.read("docs/index.md").replace("```output\n5", "```output\n7"))
    wait_for(url, "It adds to 7")
    page = project.read("docs/index.md")
    project.append("```python\n1 / 0\n```\n")
    time.sleep(4)
    wait_for(url, "It adds to 7")
    project.write("docs/index.md", page.replace("It adds to", "Together"))
    wait_for(url, "Together 7")


def test_a_missing_page_is_answered_as_such(served):
    _, url = served
    wait_for(url, "It adds to 5")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(url + "nowhere/", timeout=5)
