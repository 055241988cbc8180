"""The notebooks run on any warehouse, are kept as a pair without outputs, and show no personal data."""

import re
import runpy
import shutil
import subprocess
from pathlib import Path

import duckdb
import IPython.display
import jupytext
import matplotlib.pyplot as plt
import nbformat
import pytest

from leadhouse.config import Settings, load_settings
from leadhouse.publish import PUBLISHED
from tests.python.running import ROOT, SCRIPTS, environment
from tests.python.test_pii import Search, secrets_of

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SECONDS = 300


@pytest.fixture(scope="module")
def executed(demo: Settings) -> dict[str, nbformat.NotebookNode]:
    """All notebooks after a run, by name; they run side by side."""
    folder = demo.home / "notebooks"
    processes = [
        subprocess.Popen(
            [
                str(SCRIPTS / "jupyter-nbconvert"),
                "--KernelManager.transport_encryption=auto",
                "--execute",
                "--to=notebook",
                f"--output-dir={folder}",
                str(notebook),
            ],
            env=environment(demo),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for notebook in NOTEBOOKS
    ]
    for process in processes:
        output, _ = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, output
    return {path.stem: nbformat.read(path, as_version=4) for path in sorted(folder.glob("*.ipynb"))}


def texts(notebook: nbformat.NotebookNode) -> list[str]:
    """All that the outputs say, pictures left out."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    said = [output["text"] for output in outputs if "text" in output]
    return said + [
        re.sub(r"<[^>]+>", " ", content) if kind == "text/html" else content
        for output in outputs
        for kind, content in output.get("data", {}).items()
        if kind.startswith("text/")
    ]


def pictures(notebook: nbformat.NotebookNode) -> int:
    return sum(
        "image/png" in output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])
    )


def test_all_notebooks_are_there() -> None:
    assert [path.stem for path in NOTEBOOKS] == [
        "exploratory_analysis",
        "lead_status_analysis",
        "model_analysis",
        "scores_and_churn",
    ]


def test_every_notebook_runs_and_draws(executed: dict[str, nbformat.NotebookNode]) -> None:
    assert list(executed) == [path.stem for path in NOTEBOOKS]
    for name, notebook in executed.items():
        assert pictures(notebook) >= 6, name
        outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
        assert [output for output in outputs if output["output_type"] in ("error", "stream")] == [], name


def test_the_heatmap_is_saved_as_a_picture(
    executed: dict[str, nbformat.NotebookNode], demo: Settings
) -> None:
    picture = demo.home / "notebooks/lead_status_transitions.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert any(picture.name in text for text in texts(executed["lead_status_analysis"]))


def test_where_there_is_nothing_the_notebooks_say_so(
    demo: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marts_file = load_settings({"LEADHOUSE_HOME": str(tmp_path)}).marts_file
    shutil.copy(demo.marts_file, marts_file)
    with duckdb.connect(str(marts_file)) as connection:
        for (table,) in connection.execute("select table_name from duckdb_tables()").fetchall():
            connection.execute(f'delete from {PUBLISHED}."{table}"')
    monkeypatch.setenv("LEADHOUSE_HOME", str(tmp_path))
    monkeypatch.setenv("LEADHOUSE_TARGET", "duckdb")
    monkeypatch.setattr(plt, "show", lambda: pytest.fail("there is nothing to draw"))
    for name in ("lead_status_analysis", "scores_and_churn"):
        said: list[str] = []
        monkeypatch.setattr(IPython.display, "display", lambda text, said=said: said.append(text.data))
        runpy.run_path(str(ROOT / f"notebooks/{name}.py"))
        assert len(said) >= 5, name
        assert all(re.fullmatch(r"\*[A-Z].+\.\*", sentence) for sentence in said), said


def test_no_output_shows_personal_data(executed: dict[str, nbformat.NotebookNode], demo_files: Path) -> None:
    search = Search(secrets_of(demo_files))
    said = {name: texts(notebook) for name, notebook in executed.items()}
    assert all(said.values())
    assert [leak for name, lines in said.items() for line in lines for leak in search.leaks(line, name)] == []

    email = min(search.secrets.emails)
    assert list(search.leaks(f"<td>{email}</td>", "planted")) == [("planted", email)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_pair_is_in_sync_and_stripped(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    script = jupytext.read(path.with_suffix(".py"))
    assert [(cell.cell_type, cell.source) for cell in notebook.cells] == [
        (cell.cell_type, cell.source) for cell in script.cells
    ]
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
