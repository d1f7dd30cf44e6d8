# libFuzzer harnesses, listed below the room whose parser they feed; seeds are
# in regress/fuzz/seeds/x for fuzz_x (files, or made by a script).  All that
# they link is compiled again, in build-fuzz/ by clang with its sanitizers.
common_FUZZERS	= fuzz_imsg
wire_FUZZERS	= fuzz_arp fuzz_dhcp fuzz_dhcp6 fuzz_discover fuzz_flood \
	fuzz_hostapd fuzz_nd
core_FUZZERS	= fuzz_core
radio_FUZZERS	= fuzz_nl80211
kernel_FUZZERS	= fuzz_footprint fuzz_rtnetlink
store_FUZZERS	= fuzz_store
tls_FUZZERS	= fuzz_certs
session_FUZZERS	= fuzz_session
frontend_FUZZERS = fuzz_control fuzz_link
signer_FUZZERS	= fuzz_signer
parent_FUZZERS	= fuzz_config
sroamctl_FUZZERS = fuzz_output

fuzz_imsg_ROOMS	= ipc
fuzz_footprint_HELPERS = stub_log
fuzz_link_HELPERS = stub_log
fuzz_link_LIBS	= -Wl,--wrap=recvmsg
fuzz_session_HELPERS = stub_log
fuzz_session_LIBS = -Wl,--wrap=clock_gettime

FUZZERS		= $(foreach r,$(ROOMS),$($(r)_FUZZERS))
FUZZ_PROGS	= $(FUZZERS:%=build-fuzz/regress/%)
FUZZ_SECONDS	?= 20
FUZZ_SAN	= -fsanitize=fuzzer-no-link,address,undefined \
		  -fno-sanitize-recover=undefined

define FUZZ
$(BUILD)/regress/$(2): $(BUILD)/regress/fuzz/$(2).o $(patsubst \
		%,$(BUILD)/regress/unit/%.o,$($(2)_HELPERS)) \
		$(call archives,$(1) $($(2)_ROOMS))
	$$(CC) $$(ALL_LDFLAGS) -fsanitize=fuzzer -o $$@ $$^ $$($(2)_LIBS) \
	    $$(call libs,$(1) $($(2)_ROOMS))
endef
$(foreach r,$(ROOMS),$(foreach t,$($(r)_FUZZERS),$(eval $(call FUZZ,$(r),$(t)))))

fuzz-progs:
	@+$(MAKE) --no-print-directory BUILD=build-fuzz CC=clang OPT="-O1 -g" \
	    SAN="$(FUZZ_SAN)" $(FUZZ_PROGS)

fuzz: fuzz-progs
	regress/fuzz/run $(FUZZ_SECONDS) $(FUZZ_PROGS)

# How much of what they feed the harnesses reach: COVER="fuzz_x ..." for some.
COVER		?= $(FUZZERS)
COVER_SAN	= -fsanitize=fuzzer-no-link -fprofile-instr-generate \
		  -fcoverage-mapping
COVER_PROGS	= $(COVER:%=build-cover/regress/%)

fuzz-cover:
	@+$(MAKE) --no-print-directory -s BUILD=build-cover CC=clang \
	    OPT="-O1 -g" SAN="$(COVER_SAN)" $(COVER_PROGS)
	@regress/fuzz/cover $(FUZZ_SECONDS) $(COVER_PROGS)

.PHONY: fuzz fuzz-progs fuzz-cover
