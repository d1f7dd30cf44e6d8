# Unit tests: one cmocka program per file under test, in regress/unit.  Each
# lists the sources it links, which shows the coupling:
#	test_addr_SRCS = common/addr.c
# *.mk files beside this one may add to UNIT_TESTS and FUZZERS.
UNIT_TESTS =
FUZZERS =

include $(wildcard regress/*/*.mk)

UNIT_PROGS = $(UNIT_TESTS:%=$(BUILD)/regress/%)
CMOCKA_LIBS = -lcmocka

unit: $(UNIT_PROGS)
	@set -e; for t in $(UNIT_PROGS); do $$t; done

define UNIT_RULE
$(BUILD)/regress/$(1): $$($(1)_SRCS:%.c=$(BUILD)/%.o) $(BUILD)/regress/unit/$(1).o
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_LDFLAGS) -o $$@ $$^ $$($(1)_LIBS) $$(PKG_LIBS) $$(CMOCKA_LIBS)
endef
$(foreach t,$(UNIT_TESTS),$(eval $(call UNIT_RULE,$(t))))

# libFuzzer harnesses, in regress/fuzz: fuzz_x.c with its sources in
# fuzz_x_SRCS and seeds in regress/fuzz/seeds/x (files, or made by a script).
FUZZ_CC = clang
FUZZ_SAN = -fsanitize=address,undefined -fno-sanitize-recover=undefined
FUZZ_PROGS = $(FUZZERS:%=build-fuzz/%)
FUZZ_SECONDS ?= 20

define FUZZ_RULE
build-fuzz/$(1): $$($(1)_SRCS) regress/fuzz/$(1).c
	@mkdir -p $$(@D)
	$$(FUZZ_CC) -g -O1 -std=gnu11 -D_GNU_SOURCE -DVERSION='"fuzz"' -fsanitize=fuzzer \
	    $$(FUZZ_SAN) -Icommon -Isroamd -Ibuild-fuzz/sroamd $$(PKG_CFLAGS) -o $$@ $$^ \
	    $$($(1)_LIBS) $$(PKG_LIBS)
endef
$(foreach t,$(FUZZERS),$(eval $(call FUZZ_RULE,$(t))))

fuzz: $(FUZZ_PROGS)
	regress/fuzz/run $(FUZZ_SECONDS) $(FUZZ_PROGS)

.PHONY: unit fuzz
