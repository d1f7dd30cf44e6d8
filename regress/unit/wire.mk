UNIT_TESTS += test_addr test_timer test_ibuf test_wire_ip test_wire_dhcp \
	  test_wire_nd test_wire_arp test_wire_flood test_wire_frame test_wire_dhcp6
WIRE_BASE = common/addr.c common/ibuf.c

test_addr_SRCS = common/addr.c
test_timer_SRCS = common/timer.c
test_ibuf_SRCS = common/ibuf.c
test_wire_ip_SRCS = $(WIRE_BASE) sroamd/wire_ip.c
test_wire_dhcp_SRCS = $(WIRE_BASE) sroamd/wire_ip.c sroamd/wire_dhcp.c
test_wire_nd_SRCS = $(WIRE_BASE) sroamd/wire_ip.c sroamd/wire_nd.c
test_wire_arp_SRCS = $(WIRE_BASE) sroamd/wire_ip.c sroamd/wire_arp.c
test_wire_flood_SRCS = $(WIRE_BASE) sroamd/wire_flood.c
test_wire_frame_SRCS = $(WIRE_BASE) sroamd/wire_ip.c sroamd/wire_dhcp.c \
	  sroamd/wire_dhcp6.c \
	  sroamd/wire_nd.c sroamd/wire_arp.c sroamd/wire_frame.c
test_wire_dhcp6_SRCS = $(WIRE_BASE) sroamd/wire_ip.c sroamd/wire_dhcp6.c
