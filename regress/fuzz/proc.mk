FUZZERS += fuzz_imsg
fuzz_imsg_SRCS = common/imsg.c common/addr.c common/ibuf.c sroamd/ipc.c
