UNIT_TESTS += test_dhcp_table test_core_dhcp
DHCP_TEST_SRCS = $(wildcard sroamd/core*.c) sroamd/conf.c sroamd/conf_dhcp.c \
	  common/addr.c common/timer.c common/ibuf.c regress/unit/core_node.c
test_dhcp_table_SRCS = $(DHCP_TEST_SRCS) sroamd/wire_ip.c \
	  sroamd/wire_dhcp.c sroamd/wire_dhcp_build.c
test_core_dhcp_SRCS = $(DHCP_TEST_SRCS)
