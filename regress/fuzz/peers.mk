FUZZERS += fuzz_beacon
fuzz_beacon_SRCS = common/addr.c common/ibuf.c sroamd/wire_beacon.c
