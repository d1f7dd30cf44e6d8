# The parent's side of the kernel: its decisions, and the real thing in a
# network namespace of its own (skipped without root).
UNIT_TESTS += test_kernel_plan test_kernel
test_kernel_plan_SRCS = sroamd/kernel_plan.c common/addr.c
test_kernel_SRCS = $(wildcard sroamd/kernel*.c) common/addr.c sroamd/conf.c sroamd/conf_dhcp.c \
	regress/unit/stub_log.c
