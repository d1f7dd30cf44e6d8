# What needs the machine: packages, the demo, the whole test run.
# PKG_CFLAGS are computed when make starts, so what follows deps is another
# make.  Python leaves no files in the tree.
PYTHON = /usr/bin/python3 -B
JOBS = $(if $(findstring j,$(firstword -$(MAKEFLAGS))),,-j$(shell nproc))

deps:
	@regress/lab/deps build demo test wifi lab

# The kernel of the laboratory's virtual machine, once for this machine.
lab:
	@regress/lab/deps build lab
	@regress/lab/kernel

demo:
	@regress/lab/deps build demo
	@echo "building in $(BUILD)/"
	@+$(MAKE) --no-print-directory -s $(JOBS) all
	@$(PYTHON) regress/demo/demo.py $(DEMO_FLAGS)

regress:
	@regress/lab/deps build demo test wifi lab
	@echo "building in $(BUILD)/"
	@+$(MAKE) --no-print-directory -s $(JOBS) all WERROR=-Werror
	@regress/lab/former >/dev/null || :
	@+$(MAKE) --no-print-directory -s regress-run

# Everything, at length: what a release, or a change of the protocol, needs.
release:
	@regress/lab/deps build demo test wifi lab lint package
	@echo "building in $(BUILD)/"
	@+$(MAKE) --no-print-directory -s $(JOBS) all WERROR=-Werror
	@regress/lab/former >/dev/null || :
	@+$(MAKE) --no-print-directory -s regress-run RELEASE=1

# The lists that regress/run cannot know are handed over by name; layers looks
# at what the simulator is made of, too.
regress-run: all $(BUILD)/regress/sim/sim
	@UNIT_TESTS="$(UNIT_TESTS)" FUZZERS="$(FUZZERS)" BUILD="$(BUILD)" \
	    MAKE="$(MAKE)" $(PYTHON) regress/run $(if $(RELEASE),-r) $(SUITES)

# In the laboratory's virtual machine, which has radios.
demo-wifi bench-wifi: %-wifi: lab
	@regress/lab/deps build demo test wifi
	@echo "building in $(BUILD)/"
	@+$(MAKE) --no-print-directory -s $(JOBS) all
	@BUILD="$(BUILD)" $(PYTHON) regress/lab/vm.py -u -t 3600 \
	    /usr/bin/python3 -B regress/$*/$*_wifi.py $(DEMO_FLAGS) $(BENCH_FLAGS)

# There, too, and an hour of it in minutes.
SEED = 1
SECONDS = 3600
soak: lab
	@regress/lab/deps build demo test
	@echo "building in $(BUILD)/"
	@+$(MAKE) --no-print-directory -s $(JOBS) all
	@BUILD="$(BUILD)" $(PYTHON) regress/lab/vm.py -u -t 7200 \
	    -o $(BUILD)/soak/$(SEED) /usr/bin/python3 -B regress/soak/soak.py \
	    -s $(SEED) -t $(SECONDS) $(SOAK_FLAGS) || { \
	    echo "soak: more is in $(BUILD)/soak/$(SEED)"; exit 1; }

.PHONY: soak demo-wifi bench-wifi lab deps demo regress release regress-run
