# Tests of the configuration: its checks, its way to the children, its text.
CONF_SRCS = common/addr.c sroamd/conf.c sroamd/conf_dhcp.c sroamd/conf_check.c \
	sroamd/conf_value.c common/nomem.c regress/unit/stub_log.c

UNIT_TESTS += test_conf test_conf_ipc test_config
test_conf_SRCS = $(CONF_SRCS)
test_conf_ipc_SRCS = $(CONF_SRCS) sroamd/conf_ipc.c
test_config_SRCS = $(CONF_SRCS)
$(BUILD)/regress/test_config: $(BUILD)/sroamd/parse.o

# Write what the parser says now into regress/config; look at the difference.
config-update: $(BUILD)/regress/test_config
	CONFIG_UPDATE=1 $(BUILD)/regress/test_config

.PHONY: config-update
