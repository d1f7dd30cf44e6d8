FUZZERS += fuzz_store
fuzz_store_SRCS = sroamd/store_record.c common/ibuf.c
FUZZERS += fuzz_footprint
fuzz_footprint_SRCS = sroamd/footprint.c common/addr.c regress/unit/stub_log.c
