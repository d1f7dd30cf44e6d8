# The simulator: N cores on a virtual clock.  The core and what lies below
# it, nothing of the shell.
SIM_OBJS = $(patsubst %.c,$(BUILD)/%.o,$(wildcard regress/sim/*.c))

sim: $(BUILD)/regress/sim/sim
	$(BUILD)/regress/sim/sim

$(BUILD)/regress/sim/sim: $(SIM_OBJS) $(call archives,core)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call libs,core)

.PHONY: sim
