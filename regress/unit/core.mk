CORE_TEST_SRCS = $(wildcard sroamd/core*.c) sroamd/conf.c sroamd/conf_dhcp.c \
	common/addr.c common/timer.c common/ibuf.c

UNIT_TESTS += test_core_v1faults test_core_station test_core_table \
	  test_core_neigh test_core_dhcp6
test_core_v1faults_SRCS = $(CORE_TEST_SRCS) regress/unit/core_node.c
test_core_station_SRCS = $(CORE_TEST_SRCS) regress/unit/core_node.c
test_core_table_SRCS = $(CORE_TEST_SRCS)
UNIT_TESTS += test_core_store
test_core_store_SRCS = $(CORE_TEST_SRCS) regress/unit/core_node.c
UNIT_TESTS += test_core_wifi
test_core_wifi_SRCS = $(CORE_TEST_SRCS) regress/unit/core_node.c
test_core_neigh_SRCS = $(CORE_TEST_SRCS) regress/unit/core_node.c
test_core_dhcp6_SRCS = $(CORE_TEST_SRCS) regress/unit/core_node.c

UNIT_TESTS += test_core_drop
test_core_drop_SRCS = $(CORE_TEST_SRCS) regress/unit/core_node.c

UNIT_TESTS += test_core_delegate
test_core_delegate_SRCS = $(CORE_TEST_SRCS) regress/unit/core_node.c

UNIT_TESTS += test_core_lease
test_core_lease_SRCS = $(CORE_TEST_SRCS) regress/unit/core_node.c

UNIT_TESTS += test_core_digest
test_core_digest_SRCS = $(CORE_TEST_SRCS) regress/unit/core_node.c

UNIT_TESTS += test_flood_man
test_flood_man_SRCS = $(CORE_TEST_SRCS) sroamd/wire_flood.c
