FUZZERS += fuzz_hostapd fuzz_nl80211
fuzz_hostapd_SRCS = common/addr.c sroamd/wire_hostapd.c
fuzz_nl80211_SRCS = common/addr.c common/log.c sroamd/kernel_nl80211.c
