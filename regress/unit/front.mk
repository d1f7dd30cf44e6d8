# The control socket, sroamctl and the frontend's way in.
UNIT_TESTS += test_control test_sroamctl_parser test_sroamctl_output \
	  test_sroamctl_metrics test_frontend_filter test_frontend_turn \
	  test_frontend_link

test_control_SRCS = sroamd/control.c sroamd/ipc.c common/imsg.c common/log.c \
	  common/addr.c
test_sroamctl_parser_SRCS = sroamctl/parser.c common/addr.c
test_sroamctl_output_SRCS = sroamctl/output.c sroamctl/record.c \
	  sroamctl/names.c common/addr.c
test_sroamctl_metrics_SRCS = sroamctl/metrics.c sroamctl/output.c \
	  sroamctl/record.c sroamctl/names.c common/addr.c
test_frontend_filter_SRCS = sroamd/sock.c
test_frontend_turn_SRCS = sroamd/frontend_turn.c common/log.c
test_frontend_link_SRCS = common/nomem.c sroamd/frontend_link.c sroamd/frontend_intake.c \
	  sroamd/frontend_turn.c \
	  sroamd/frontend_advert.c \
	  sroamd/frontend_heard.c sroamd/frontend_bucket.c \
	  sroamd/frontend_known.c \
	  sroamd/wire_frame.c sroamd/wire_arp.c \
	  sroamd/wire_dhcp.c sroamd/wire_dhcp_build.c sroamd/wire_dhcp6.c \
	  sroamd/wire_ip.c sroamd/wire_nd.c sroamd/ipc.c \
	  common/addr.c common/ibuf.c regress/unit/stub_log.c

$(BUILD)/regress/unit/test_sroamctl_%.o: ALL_CFLAGS += -Isroamctl
