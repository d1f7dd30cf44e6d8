# The simulator: N cores on a virtual clock.  The core and what lies below
# it, and of the shell only the rules of the messages that it becomes.
SIM_OBJS = $(patsubst %.c,$(BUILD)/%.o,$(wildcard regress/sim/*.c))

sim: $(BUILD)/regress/sim/sim
	$(BUILD)/regress/sim/sim

$(BUILD)/regress/sim/sim: $(SIM_OBJS) $(call archives,core ipc)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call libs,core ipc)

.PHONY: sim
