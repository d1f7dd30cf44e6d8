# Tests of how peers are found.
UNIT_TESTS += test_wire_beacon
test_wire_beacon_SRCS = sroamd/wire_beacon.c common/addr.c common/ibuf.c

UNIT_TESTS += test_core_router
test_core_router_SRCS = $(CORE_TEST_SRCS) regress/unit/core_node.c
