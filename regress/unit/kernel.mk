# The parent's side of the kernel: its decisions, and the real thing in a
# network namespace of its own (skipped without root).
UNIT_TESTS += test_kernel_plan test_kernel
test_kernel_plan_SRCS = sroamd/kernel_plan.c common/addr.c
test_kernel_SRCS = $(wildcard sroamd/kernel*.c) common/addr.c sroamd/conf.c sroamd/conf_dhcp.c \
	sroamd/hostapd.c sroamd/wire_hostapd.c sroamd/sock.c common/timer.c \
	regress/unit/stub_log.c

# Access points: what is decided, what is read, and hostapd's control socket.
UNIT_TESTS += test_kernel_radio test_kernel_nl80211 test_hostapd
test_kernel_radio_SRCS = sroamd/kernel_radio.c common/addr.c common/timer.c \
	regress/unit/stub_log.c
test_kernel_nl80211_SRCS = sroamd/kernel_nl80211.c common/addr.c \
	regress/unit/stub_log.c
test_hostapd_SRCS = sroamd/hostapd.c sroamd/wire_hostapd.c common/addr.c \
	regress/unit/stub_log.c
