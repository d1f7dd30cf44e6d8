UNIT_TESTS += test_store_record test_store_file
test_store_record_SRCS = sroamd/store_record.c common/ibuf.c
test_store_file_SRCS = sroamd/store_file.c sroamd/store_record.c \
	common/ibuf.c regress/unit/stub_log.c
UNIT_TESTS += test_footprint
test_footprint_SRCS = sroamd/footprint.c common/addr.c regress/unit/stub_log.c
