# The simulator: N cores on a virtual clock.  The core and what lies below
# it, nothing of the shell.
SIM_SRCS = $(wildcard regress/sim/*.c) $(CORE_SRCS)
CORE_SRCS = $(wildcard sroamd/core*.c) sroamd/conf.c sroamd/conf_dhcp.c common/addr.c \
	common/timer.c common/ibuf.c

sim: $(BUILD)/regress/sim/sim
	$(BUILD)/regress/sim/sim

$(BUILD)/regress/sim/sim: $(SIM_SRCS:%.c=$(BUILD)/%.o)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

.PHONY: sim
