"""Every unit test of dbt, as a plain `dbt build` runs them, on both engines."""

import json

from leadhouse.config import Settings
from leadhouse.warehouse import prepare
from tests.python.running import ROOT, run_dbt


def test_every_unit_test_passes(settings: Settings) -> None:
    prepare(settings)
    run_dbt(settings, "build", "--exclude-resource-type", "test")
    results = json.loads((settings.home / "target" / "run_results.json").read_text())["results"]
    written = sum(
        path.read_text().count("\n    model: ") for path in (ROOT / "models").rglob("*unit_tests.yml")
    )
    assert len([result for result in results if result["unique_id"].startswith("unit_test.")]) == written
