/* SPDX-License-Identifier: ISC */
/*
 * DHCPv6 (RFC 8415): messages of stations to all servers parsed from, and
 * answers written to, whole Ethernet frames.
 */
#ifndef SROAMD_WIRE_DHCP6_H
#define SROAMD_WIRE_DHCP6_H

#include <stddef.h>
#include <stdint.h>

#include "common/ibuf.h"
#include "msg.h"

#define WIRE_DHCP6_SERVER	547
#define WIRE_DHCP6_CLIENT	546
#define WIRE_DHCP6_SERVERS	8
#define WIRE_DHCP6_DOMAINS	6
#define WIRE_DHCP6_TEXT		256

/* Options for those that ask for them: the same on all of a link. */
struct wire_dhcp6_options {
	uint32_t	nservers, ndomains;
	struct addr	servers[WIRE_DHCP6_SERVERS];	/* IPv6 */
	char		domains[WIRE_DHCP6_DOMAINS][WIRE_DHCP6_TEXT];
	char		captive[WIRE_DHCP6_TEXT];	/* or "" */
};

extern const struct addr wire_dhcp6_servers;	/* ff02::1:2 */

/* NULL, or what is wrong with the frame. */
const char	*wire_dhcp6_parse(const void *frame, size_t len,
		    uint32_t ifindex, struct dhcp6_request *);
/* 0, or -1 when there is no room or the link has no link-local address. */
int		 wire_dhcp6_build(const struct dhcp6_reply *,
		    const struct link *, const struct wire_dhcp6_options *,
		    struct ibuf *);
#endif
