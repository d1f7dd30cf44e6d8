FUZZERS += fuzz_core
fuzz_core_SRCS = $(wildcard sroamd/core*.c) sroamd/conf.c sroamd/conf_dhcp.c common/addr.c \
	common/timer.c common/ibuf.c
