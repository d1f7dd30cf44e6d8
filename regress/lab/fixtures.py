# SPDX-License-Identifier: ISC
"""What pytest's conftest files of the suites have in common."""

import itertools
import os

import pytest

from .base import Lab
from .daemon import BUILD

# Where the logs of failed tests go.
LOGS = os.environ.get("LOGS", os.path.join(BUILD, "regress", "net-logs"))


# What only `make release` asks; by hand everything is asked.
QUICK = os.environ.get("LAB_TIER") == "regress"
LONG = pytest.mark.release


def in_pairs(**factors):
    """Parametrize by three factors or more: every combination of their values
    in make release, in make regress those in which each value of one meets
    each of another, a half of them."""
    rows = []
    for places in itertools.product(*(range(len(v)) for v in
                                      factors.values())):
        values = [v[i] for v, i in zip(factors.values(), places)]
        rows.append(pytest.param(
            *values, marks=[LONG] if sum(places) % 2 else [],
            id="-".join(getattr(v, "__name__", str(v)).lower()
                        for v in values)))
    return pytest.mark.parametrize(list(factors), rows)


def pytest_configure(config):
    Lab.catch_signals()
    config.addinivalue_line("markers", "release: only in make release")


def leave_out_long(config, items):
    """Of a list of tests, in place."""
    long = [item for item in items if QUICK and item.get_closest_marker(
        "release")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed test leaves its logs in the build tree."""
    outcome = yield
    if outcome.get_result().failed:
        for lab in Labs.open:
            lab.keep_logs(os.path.join(LOGS, item.name.replace("/", "_")))


class Labs:
    open = []


def opened(tag=""):
    with Lab(tag) as lab:
        Labs.open.append(lab)
        yield lab
        Labs.open.remove(lab)


@pytest.fixture(scope="module")
def module_lab():
    yield from opened("m")


@pytest.fixture
def lab():
    yield from opened()
