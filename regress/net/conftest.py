# SPDX-License-Identifier: ISC
"""Namespace tests: each module builds the networks it needs."""

import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from lab.daemon import SROAMD                                   # noqa: E402
from lab.fixtures import (lab, leave_out_long, module_lab,      # noqa: E402
                          pytest_configure, pytest_runtest_makereport)

__all__ = ["lab", "module_lab", "pytest_configure",
           "pytest_runtest_makereport"]


def pytest_collection_modifyitems(config, items):
    leave_out_long(config, items)
    why = None
    if os.geteuid() != 0:
        why = "network namespaces need root"
    elif not os.path.exists(SROAMD):
        why = SROAMD + " is not built"
    if why:
        for item in items:
            item.add_marker(pytest.mark.skip(reason=why))
