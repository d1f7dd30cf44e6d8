FUZZERS += fuzz_dhcp fuzz_dhcp6 fuzz_nd fuzz_arp fuzz_flood
FUZZ_WIRE = common/addr.c common/ibuf.c sroamd/wire_ip.c sroamd/wire_dhcp.c \
	  sroamd/wire_dhcp6.c sroamd/wire_nd.c sroamd/wire_arp.c sroamd/wire_frame.c

fuzz_dhcp_SRCS = $(FUZZ_WIRE)
fuzz_dhcp6_SRCS = $(FUZZ_WIRE)
fuzz_nd_SRCS = $(FUZZ_WIRE)
fuzz_arp_SRCS = $(FUZZ_WIRE)
fuzz_flood_SRCS = common/addr.c common/ibuf.c sroamd/wire_flood.c
