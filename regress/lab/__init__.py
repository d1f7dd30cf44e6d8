# SPDX-License-Identifier: ISC
"""Networks of namespaces in which sroamd runs on real input.

A Lab owns everything it makes (namespaces, processes, one temporary
directory) and takes all of it back, however the run ends.
"""

from .base import Interrupted, Lab, LabError, LabTimeout, cleanup_stale
from .daemon import Conf, Sroamd
from .topology import Network

__all__ = ["Conf", "Interrupted", "Lab", "LabError", "LabTimeout",
           "Network", "Sroamd", "cleanup_stale"]
