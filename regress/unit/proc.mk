UNIT_TESTS += test_imsg test_ipc test_log test_hostile
test_imsg_SRCS = common/imsg.c
test_ipc_SRCS = sroamd/ipc.c common/addr.c common/ibuf.c
test_log_SRCS = common/log.c
test_hostile_SRCS = sroamd/ipc.c common/imsg.c common/addr.c common/ibuf.c
# It runs the daemon's children.
$(BUILD)/regress/test_hostile: | $(BUILD)/sroamd/sroamd

UNIT_TESTS += test_peersock
test_peersock_SRCS = sroamd/peersock.c sroamd/peerconn.c common/addr.c \
	 regress/unit/stub_log.c
