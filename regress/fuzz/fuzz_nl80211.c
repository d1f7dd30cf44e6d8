/* SPDX-License-Identifier: ISC */
/*
 * nl80211 messages.  The kernel writes them, with contents of its drivers.
 * The input is what follows the netlink header.
 */
#include <string.h>

#include "fuzz_wire.h"
#include "radio/nl80211.h"

#define FAMILY	28

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t room[NLMSG_HDRLEN + 4096] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = (struct nlmsghdr *)room;
	struct nl80211_news n;

	if (len > sizeof(room) - NLMSG_HDRLEN)
		return 0;
	memset(nlh, 0, sizeof(*nlh));
	nlh->nlmsg_len = (uint32_t)(NLMSG_HDRLEN + len);
	nlh->nlmsg_type = FAMILY;
	memcpy(room + NLMSG_HDRLEN, data, len);
	CHECK(nl80211_read(nlh, FAMILY + 1, &n) == -1);
	if (nl80211_read(nlh, FAMILY, &n) == -1)
		return 0;
	CHECK(n.ifindex != 0);
	CHECK(n.role <= ROLE_AP_VLAN);
	CHECK(!n.state.authorised || n.state.has_flags);
	return 0;
}
