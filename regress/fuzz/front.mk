FUZZERS += fuzz_control
fuzz_control_SRCS = sroamd/control.c sroamd/ipc.c common/imsg.c common/log.c \
	  common/addr.c
