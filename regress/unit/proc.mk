UNIT_TESTS += test_imsg test_ipc test_log test_pipe test_hostile
test_imsg_SRCS = common/imsg.c
test_ipc_SRCS = sroamd/ipc.c common/addr.c common/ibuf.c
test_log_SRCS = common/log.c
test_pipe_SRCS = common/nomem.c sroamd/pipe.c sroamd/ipc.c common/imsg.c common/addr.c \
	  common/ibuf.c common/log.c

# Lines that nobody reads.
UNIT_TESTS += test_logring test_logpipe test_logsink
test_logring_SRCS = sroamd/logring.c
test_logpipe_SRCS = common/nomem.c sroamd/logpipe.c sroamd/logring.c sroamd/pipe.c \
	sroamd/ipc.c common/imsg.c common/log.c common/addr.c
test_logsink_SRCS = sroamd/logsink.c sroamd/logring.c sroamd/ipc.c \
	common/addr.c

test_hostile_SRCS = sroamd/ipc.c common/imsg.c common/addr.c common/ibuf.c
# It runs the daemon's children.
$(BUILD)/regress/test_hostile: | $(BUILD)/sroamd/sroamd

UNIT_TESTS += test_peersock
test_peersock_SRCS = sroamd/conf.c sroamd/conf_dhcp.c sroamd/peersock.c \
	sroamd/peerlimit.c sroamd/peerconn.c common/addr.c common/nomem.c \
	regress/unit/stub_log.c

# A daemon whose engine is hostile, and the test that runs it.
UNIT_TESTS += test_hostile_parent
test_hostile_parent_SRCS = sroamd/ipc.c common/imsg.c common/addr.c \
	common/ibuf.c
HOSTILE_OBJS = $(filter-out $(BUILD)/sroamd/engine.o,$(SROAMD_OBJS)) \
	$(BUILD)/regress/unit/hostile_engine.o

$(BUILD)/regress/sroamd_hostile: $(HOSTILE_OBJS) $(COMMON_OBJS)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(BUILD)/regress/test_hostile_parent: | $(BUILD)/regress/sroamd_hostile

UNIT_TESTS += test_peerlimit
test_peerlimit_SRCS = sroamd/peerlimit.c common/addr.c
