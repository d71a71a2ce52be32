"""How much is taken in, and how long results are kept, is the operator's to say."""

from __future__ import annotations

import pytest

from api.settings import Settings, SettingUnusable


def test_bounds_of_uploads_and_the_time_results_are_kept_are_settings() -> None:
    usual = Settings.read({})
    assert (usual.upload_max, usual.request_max, usual.jobs_kept_days) == (2**26, 2**28, 7)
    said = Settings.read({"LEDGER_UPLOAD_MB": "5", "LEDGER_REQUEST_MB": "9"})
    assert (said.upload_max, said.request_max) == (5 * 2**20, 9 * 2**20)


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "viele", "10000"])
def test_a_bound_that_is_no_number_is_refused(value: str) -> None:
    with pytest.raises(SettingUnusable, match="LEDGER_JOBS_KEPT_DAYS"):
        Settings.read({"LEDGER_JOBS_KEPT_DAYS": value})
