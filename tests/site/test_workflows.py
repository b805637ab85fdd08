"""What is promised to contributors, and to the readers whose browser runs what is published from here."""

import os
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest
import yaml

from press.commands import parser

ROOT = Path(__file__).resolve().parents[2]
GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.y*ml"))
FORMS = sorted(path for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")
README_COMMANDS = ["python3 book.py serve", "python3 book.py test"]
PUBLISHES = {"pages: write", "id-token: write"}


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def jobs():
    return [
        (f"{path.name}: {name}", job) for path in WORKFLOWS for name, job in yaml.safe_load(read(path))["jobs"].items()
    ]


def steps(job):
    return job.get("steps", [])


def commands(job):
    return [line.strip() for step in steps(job) for line in step.get("run", "").splitlines()]


def rights(job):
    return {f"{name}: {right}" for name, right in job.get("permissions", {}).items()}


def triggers(path):
    workflow = yaml.safe_load(read(path))
    return workflow.get("on", workflow.get(True))  # YAML 1.1 reads the key `on` as true


def files(*which):
    """The files that git lists; as a rule what it tracks, or would on the next commit."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("needs git and a clone")
    command = ["git", "ls-files", "-z", *(which or ["--cached", "--others"]), "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [ROOT / path for path in listed.split("\0") if path and (ROOT / path).is_file()]


def text_of(path):
    """The text of a file; none, where it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_there_are_workflows_and_forms():
    assert WORKFLOWS and FORMS


def test_zizmor_as_an_auditor_finds_nothing():
    zizmor = shutil.which("zizmor", path=sysconfig.get_path("scripts")) or shutil.which("zizmor")
    assert zizmor, "zizmor is missing: requirements.lock installs it"
    ours = {key: value for key, value in os.environ.items() if not key.startswith(("GH_", "GITHUB_", "ZIZMOR_"))}
    command = [zizmor, "--offline", "--persona=auditor", "--no-progress", str(GITHUB)]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=ours, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "No findings" in run.stdout, run.stdout + run.stderr


def test_the_readme_gives_its_two_commands_each_in_a_block_of_its_own():
    blocks = re.findall(r"^```console\n(.*?)\n```$", read("README.md"), re.MULTILINE | re.DOTALL)
    assert blocks == README_COMMANDS


@pytest.mark.parametrize("command", README_COMMANDS)
def test_a_workflow_runs_the_readmes_commands_as_they_stand(command):
    run = [line.removesuffix(" &") for _, job in jobs() for line in commands(job)]
    assert command in run


def test_ci_run_calls_the_readmes_test_command_with_the_browser_required():
    lines = read(".ci/run").splitlines()
    assert lines[-1] == "python3 book.py test"
    assert any(line.startswith("export CI=true") for line in lines)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no executable bit")
def test_ci_run_is_a_program():
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert read(".ci/run").startswith("#!/usr/bin/env bash\n")


def test_a_workflow_runs_everything_without_a_cache():
    checks = [step["env"] for _, job in jobs() for step in steps(job) if step.get("run") == "python3 book.py check"]
    assert [env for env in checks if env["PRESS_NO_CACHE"] == "1"]


def test_what_is_published_names_its_own_address_and_repository():
    named = set(re.findall(r"!ENV \[(\w+),", read("mkdocs.yml")))
    checks = [step["env"] for _, job in jobs() for step in steps(job) if step.get("run") == "python3 book.py check"]
    assert [env for env in checks if named <= set(env)]


def test_every_action_is_pinned_to_a_commit_with_its_version_beside_it():
    pinned = re.compile(r"[\w-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    for path in WORKFLOWS:
        uses = re.findall(r"^\s*(?:- )?uses:\s*(.*)$", read(path), re.MULTILINE)
        assert uses
        assert [use for use in uses if not pinned.fullmatch(use)] == []


def test_one_action_has_one_version():
    versions = {}
    for path in WORKFLOWS:
        for name, commit in re.findall(r"uses:\s*(\S+)@([0-9a-f]{40})", read(path)):
            versions.setdefault(name, set()).add(commit)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


@pytest.mark.parametrize(("name", "job"), jobs())
def test_every_job_ends_by_itself(name, job):
    assert 0 < job["timeout-minutes"] <= 60, name


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_starts_without_rights_and_replaces_its_predecessor(path):
    workflow = yaml.safe_load(read(path))
    assert workflow["permissions"] == {}
    assert "concurrency" in workflow


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_workflow_gives_strangers_code_a_secret(path):
    assert set(triggers(path)) <= {"pull_request", "push", "schedule", "workflow_dispatch"}
    assert "secrets" not in re.sub(r"#.*", "", read(path))


@pytest.mark.parametrize(("name", "job"), jobs())
def test_what_runs_commands_may_only_read(name, job):
    if commands(job):
        assert rights(job) <= {"contents: read"}, name


@pytest.mark.parametrize(("name", "job"), jobs())
def test_a_checkout_leaves_no_credentials_behind(name, job):
    for step in steps(job):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False, name


def test_what_publishes_only_publishes():
    publishing = [(name, job) for name, job in jobs() if rights(job) - {"contents: read"}]
    assert len(publishing) == 1
    for name, job in publishing:
        assert rights(job) == PUBLISHES, name
        assert commands(job) == [], name
        assert [step["uses"].split("@")[0] for step in steps(job)] == ["actions/deploy-pages"], name
        assert job["environment"]["name"] == "github-pages", name
        assert "github.ref == 'refs/heads/main'" in job["if"], name
        assert "github.event_name == 'push'" in job["if"], name


def test_nothing_is_built_or_published_from_a_cache():
    for name, job in jobs():
        for step in steps(job):
            assert "actions/cache" not in step.get("uses", ""), name
            assert "cache" not in step.get("with", {}), name


def test_a_pull_request_offers_its_site_and_main_hands_it_on():
    used = [step for _, job in jobs() for step in steps(job) if "uses" in step]
    uploads = {step["uses"].split("@")[0]: step for step in used}
    assert uploads["actions/upload-artifact"]["if"] == "github.event_name == 'pull_request'"
    assert uploads["actions/upload-artifact"]["with"]["path"] == "site/"
    assert uploads["actions/upload-pages-artifact"]["if"] == "github.event_name == 'push'"
    assert uploads["actions/upload-pages-artifact"]["with"]["path"] == "site/"


def test_dependabot_waits_before_it_proposes_a_new_version():
    updates = yaml.safe_load(read(".github/dependabot.yml"))["updates"]
    assert {update["package-ecosystem"] for update in updates} == {"github-actions", "pip"}
    assert all(update["cooldown"]["default-days"] >= 7 for update in updates)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_is_one_that_the_code_host_accepts(path):
    form = yaml.safe_load(read(path))
    assert form["name"] and form["description"]
    questions = [part for part in form["body"] if part["type"] != "markdown"]
    assert questions and {part["type"] for part in questions} <= {"input", "textarea", "dropdown", "checkboxes"}
    assert len({part["id"] for part in questions}) == len(questions)
    assert all(part["attributes"]["label"] for part in questions)
    for part in questions:
        if part["type"] == "dropdown":
            options = part["attributes"]["options"]
            assert all(isinstance(option, str) for option in options), "an unquoted Yes or No is a truth value"
            assert len(set(options)) == len(options) and "None" not in options


def test_an_issue_may_be_written_without_a_form():
    assert yaml.safe_load(read(".github/ISSUE_TEMPLATE/config.yml"))["blank_issues_enabled"] is True


def test_the_lock_has_hashes_and_no_addresses():
    lock = read("requirements.lock")
    packages = re.findall(r"^[\w.-]+==", lock, re.MULTILINE)
    assert packages
    assert len(re.findall(r"^[\w.-]+==[^\n]*\\\n +--hash=sha256:[0-9a-f]{64}", lock, re.MULTILINE)) == len(packages)
    assert "://" not in lock and " @ " not in lock
    assert not re.search(r"^\s*--?(index-url|extra-index-url|find-links|trusted-host|i|f)\b", lock, re.MULTILINE)


def test_no_file_names_a_package_host():
    python, node = "py" + "pi", "npm" + "js"
    hosts = [f"{python}.org", f"{python}.python.org", "pythonhosted" + ".org", f"{node}.org", f"{node}.com"]
    texts = {path.relative_to(ROOT).as_posix(): text_of(path).lower() for path in files()}
    assert [f"{path} names {host}" for path, text in texts.items() for host in hosts if host in text] == []


def test_git_ignores_nothing_that_was_written_by_hand():
    ours = [ROOT / name for name in ("docs", "snippets", "press", "tests", ".github", ".ci")]
    ignored = [path for path in files("--others", "--ignored") if path.suffix not in {".pyc", ".pyo"}]
    ignored = [path for path in ignored if ".ipynb_checkpoints" not in path.parts]
    assert [path for path in ignored if any(path.is_relative_to(folder) for folder in ours)] == []


def test_the_readme_names_no_place_on_a_machine_and_no_service():
    readme = read("README.md")
    assert not re.search(r"(?<![\w.])/(home|root|tmp|usr|work|Users)\b|[A-Z]:\\", readme)
    assert set(re.findall(r"https?://[^\s/)`,]+", readme)) <= {"http://127.0.0.1:8000"}
    assert "![" not in readme


def test_what_the_readme_and_the_licence_point_at_exists():
    for link in re.findall(r"\]\(([^)#:]+)\)", read("README.md")):
        assert (ROOT / link).exists(), link
    for path in re.findall(r"^\| `([\w./]+)` \|", read("README.md"), re.MULTILINE):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("path", ["README.md", ".github/CONTRIBUTING.md", ".github/pull_request_template.md"])
def test_every_command_that_contributors_are_told_exists(path):
    told = re.findall(r"python3 book\.py ([^`\n#]+)", read(path))
    assert told
    for command in told:
        parser().parse_args(command.split())


def test_the_licence_covers_code_and_text():
    licence = read("LICENSE")
    assert "MIT License" in licence and "Copyright (c) 2026 The contributors" in licence
    assert "CC BY 4.0" in licence and "creativecommons.org/licenses/by/4.0/" in licence
