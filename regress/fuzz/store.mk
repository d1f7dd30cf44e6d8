FUZZERS += fuzz_store
fuzz_store_SRCS = sroamd/store_record.c common/ibuf.c
