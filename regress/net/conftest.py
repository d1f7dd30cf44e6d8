# SPDX-License-Identifier: ISC
"""Namespace tests: each module builds the networks it needs."""

import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from lab import Lab                                             # noqa: E402
from lab.daemon import BUILD, SROAMD                            # noqa: E402


def pytest_configure(config):
    Lab.catch_signals()


def pytest_collection_modifyitems(items):
    why = None
    if os.geteuid() != 0:
        why = "network namespaces need root"
    elif not os.path.exists(SROAMD):
        why = SROAMD + " is not built"
    if why:
        for item in items:
            item.add_marker(pytest.mark.skip(reason=why))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed test leaves its logs in the build tree."""
    outcome = yield
    if outcome.get_result().failed:
        for lab in Labs.open:
            lab.keep_logs(os.path.join(BUILD, "regress", "net-logs",
                                       item.name.replace("/", "_")))


class Labs:
    open = []


@pytest.fixture(scope="module")
def module_lab():
    with Lab("m") as lab:
        Labs.open.append(lab)
        yield lab
        Labs.open.remove(lab)


@pytest.fixture
def lab():
    with Lab() as lab:
        Labs.open.append(lab)
        yield lab
        Labs.open.remove(lab)
