# The keys of tls psk.
UNIT_TESTS += test_tls_key
test_tls_key_SRCS = sroamd/tls_key.c common/addr.c
