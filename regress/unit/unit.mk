# Unit tests: one cmocka program per file under test, listed below the room
# that has the file.  They link that room and those it may use; what else they
# need stands beside their names: helpers of regress/unit, rooms, wrapped
# functions.
common_TESTS	= test_addr test_ibuf test_imsg test_log test_loglimit test_ratelimit \
	test_router_key test_timer
wire_TESTS	= test_wire_arp test_wire_dhcp test_wire_dhcp6 \
	test_wire_discover test_wire_flood test_wire_frame test_wire_ip test_wire_nd
conf_TESTS	= test_conf test_prefixes test_refuse_conf
ipc_TESTS	= test_ipc test_ipc_rows test_conf_ipc test_listing test_pipe
proc_TESTS	= test_greedy test_landlock test_logpipe test_hostile \
	test_hostile_parent test_sandbox_child test_watchdog
core_TESTS	= test_core_client test_core_count test_core_crossing \
	test_core_delegate test_core_dhcp test_core_dhcp6 test_core_digest \
	test_core_drop test_core_elsewhere test_core_event test_core_fixed \
	test_core_flood test_core_full test_core_learn test_core_lease \
	test_core_mesh test_core_neigh test_core_network test_core_odd \
	test_core_reserve test_core_route test_core_router \
	test_core_router_sign test_core_shape test_core_share \
	test_core_show test_core_station test_core_store test_core_table \
	test_core_theft \
	test_core_v1faults test_core_wifi test_dhcp_table test_flood_man \
	test_order test_refuse_core
radio_TESTS	= test_hostapd test_nl80211 test_radio
kernel_TESTS	= test_footprint test_kernel test_kernel_apart \
	test_kernel_guard test_kernel_isolate test_kernel_mend test_kernel_nft \
	test_kernel_plan test_kernel_sock test_kernel_vrf
store_TESTS	= test_store_file test_store_record
tls_TESTS	= test_tls_key
engine_TESTS	= test_verify
session_TESTS	= test_refuse_session test_session_hello
signer_TESTS	= test_signer
frontend_TESTS	= test_control test_frontend_link test_frontend_turn
parent_TESTS	= test_config test_identity test_logring test_logsink test_onlyone \
	test_peerlimit test_peersock test_privsep test_ram test_sandbox \
	test_state test_trust
sroamctl_TESTS	= test_sroamctl_metrics test_sroamctl_monitor test_sroamctl_output \
	test_sroamctl_parser

core_HELPERS		= core_node
wire_HELPERS		= packets
test_conf_HELPERS	= stub_log
test_conf_ipc_HELPERS	= stub_log
test_config_HELPERS	= stub_log own_copy
test_footprint_HELPERS	= stub_log
test_frontend_link_HELPERS = stub_log packets
test_hostapd_HELPERS	= stub_log
test_ipc_rows_HELPERS	= packed
test_identity_HELPERS	= stub_log
test_kernel_HELPERS	= stub_log
test_kernel_guard_HELPERS = stub_log
test_kernel_apart_HELPERS = stub_log
test_kernel_isolate_HELPERS = stub_log
test_kernel_mend_HELPERS = stub_log
test_kernel_vrf_HELPERS = stub_log
test_nl80211_HELPERS	= stub_log
test_onlyone_HELPERS	= stub_log
test_peersock_HELPERS	= stub_log
test_privsep_HELPERS	= stub_log
test_privsep_LIBS	= -Wl,--wrap=getpwnam
test_radio_HELPERS	= stub_log
test_sandbox_HELPERS	= stub_log
test_state_HELPERS	= stub_log store_table
test_store_file_HELPERS	= stub_log store_table
test_trust_HELPERS	= stub_log

test_control_ROOMS	= parent
test_dhcp_table_ROOMS	= wire
test_flood_man_ROOMS	= wire
test_state_ROOMS	= store

# Memory that is refused, at each allocation in turn.
wrap		= $(addprefix -Wl$(comma)--wrap=,$(1))
REFUSE		= $(call wrap,malloc calloc realloc reallocarray recallocarray \
		  strdup strndup asprintf free freezero)
test_refuse_conf_HELPERS = refuse own_copy
test_refuse_conf_ROOMS	= parent
test_refuse_conf_LIBS	= $(REFUSE)
test_refuse_core_HELPERS = refuse
test_refuse_core_LIBS	= $(REFUSE)
test_refuse_session_HELPERS = refuse stub_log
test_refuse_session_LIBS = $(REFUSE) $(call wrap,clock_gettime event_add \
		  event_del event_pending event_free \
		  bufferevent_openssl_socket_new)

# Somebody sends to a socket of ours as soon as it has an address.
test_hostapd_LIBS	= $(call wrap,bind connect)

test_session_hello_HELPERS = stub_log
test_session_hello_LIBS	= $(call wrap,crypto_sign_verify_detached \
		  router_key_has)

UNIT_ROOMS	?= $(ROOMS)
UNIT_TESTS	= $(foreach r,$(UNIT_ROOMS),$($(r)_TESTS))
UNIT_PROGS	= $(UNIT_TESTS:%=$(BUILD)/regress/%)
CMOCKA_LIBS	= -lcmocka

define UNIT
$(BUILD)/regress/$(2): $(patsubst %,$(BUILD)/regress/unit/%.o,$(2) \
		$($(1)_HELPERS) $($(2)_HELPERS)) $(call archives,$(1) $($(2)_ROOMS))
	$$(CC) $$(ALL_LDFLAGS) -o $$@ $$^ $$($(2)_LIBS) \
	    $$(call libs,$(1) $($(2)_ROOMS)) $$(CMOCKA_LIBS)
endef
$(foreach r,$(ROOMS),$(foreach t,$($(r)_TESTS),$(eval $(call UNIT,$(r),$(t)))))

unit: $(UNIT_PROGS)
	@set -e; for t in $(UNIT_PROGS); do $$t; done

# Which rooms each links, and the simulator, for regress/mutate.
linked-by:
	@$(foreach r,$(ROOMS),$(foreach t,$($(r)_TESTS),echo "$(BUILD)/regress/$(t):\
	    $(sort $(foreach x,$(r) $($(t)_ROOMS),$(call reach,$(x))))";))
	@echo "$(BUILD)/regress/sim/sim: $(sort $(call reach,core))"

ROOM	?= core
COUNT	?= 30
mutate:
	regress/mutate -n $(COUNT) $(ROOM)

# These run the daemon's children; and the daemon, with a hostile child.
$(BUILD)/regress/test_hostile: | $(CHILDREN)
$(BUILD)/regress/test_signer: | $(CHILDREN)
$(BUILD)/regress/test_state: | $(CHILDREN)
$(BUILD)/regress/test_hostile_parent: | $(BUILD)/regress/hostile \
		$(BUILD)/sroamd/sroamd $(CHILDREN)
$(BUILD)/regress/test_watchdog: | $(BUILD)/sroamd/sroamd $(CHILDREN)
$(BUILD)/regress/test_greedy: | $(BUILD)/regress/greedy_engine \
		$(BUILD)/sroamd/sroamd $(CHILDREN)
$(BUILD)/regress/hostile $(BUILD)/regress/greedy_engine: \
		$(BUILD)/regress/%: $(BUILD)/regress/unit/%.o \
		$(call archives,ipc)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call libs,ipc)

# Write what the parser says now into regress/config; look at the difference.
config-update: $(BUILD)/regress/test_config
	CONFIG_UPDATE=1 $(BUILD)/regress/test_config

.PHONY: unit config-update linked-by mutate
