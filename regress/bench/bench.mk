# What it costs: figures are printed, none is asserted.  Kea and dnsmasq are
# what ours is compared to; without them their rows say SKIP.
BENCH_BIN = $(BUILD)/regress/bench
BENCH_PROGS = $(BENCH_BIN)/dora $(BENCH_BIN)/null $(BENCH_BIN)/flood \
	  $(BENCH_BIN)/tcpnull $(BENCH_BIN)/join $(BENCH_BIN)/store

bench:
	@regress/lab/deps build demo
	@regress/lab/deps bench || echo "bench: goes on without them"
	@+$(MAKE) --no-print-directory -s all bench-progs
	@BUILD="$(BUILD)" $(PYTHON) regress/bench/bench.py $(BENCH_FLAGS)
	@BUILD="$(BUILD)" $(PYTHON) regress/bench/perfdhcp.py

bench-progs: $(BENCH_PROGS)

$(BENCH_BIN)/dora $(BENCH_BIN)/null: $(BENCH_BIN)/packet.o
$(BENCH_BIN)/store: $(call archives,store)
$(BENCH_PROGS): $(BENCH_BIN)/%: $(BENCH_BIN)/%.o $(BENCH_BIN)/util.o
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call libs,store)

.PHONY: bench bench-progs
