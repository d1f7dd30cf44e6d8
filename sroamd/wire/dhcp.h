/* SPDX-License-Identifier: ISC */
/*
 * DHCPv4 (RFC 2131, 2132): requests parsed from, and replies written to, whole
 * Ethernet frames.
 */
#ifndef SROAMD_WIRE_DHCP_H
#define SROAMD_WIRE_DHCP_H

#include <stddef.h>
#include <stdint.h>

#include "common/ibuf.h"
#include "msg.h"

#define WIRE_DHCP_SERVER	67
#define WIRE_DHCP_CLIENT	68
#define WIRE_DHCP_SERVERS	8
#define WIRE_DHCP_SEARCH	8

/* Contents of a reply beside the lease: the same on all of a link. */
struct wire_dhcp_options {
	/* our MAC address: Ethernet source */
	struct mac	 source;
	/* IPv4: options 3, 121 and 249 */
	struct addr	 gateway;
	/* bits of option 1: 32 by default */
	uint8_t		 netmask;
	/* option 26 if asked for; 0: never */
	uint16_t	 mtu;
	/* option 108, seconds; 0: never */
	uint32_t	 ipv6_only;
	/* Options 6 and 42; those that are not IPv4 are left out. */
	uint32_t	 nnameservers, nntp;
	struct addr	 nameservers[WIRE_DHCP_SERVERS],
	    ntp[WIRE_DHCP_SERVERS];
	/* option 15; NULL or empty: none */
	const char	*domain;
	/* option 114, the same */
	const char	*portal;
	uint32_t	 nsearch;	/* option 119 */
	const char	*search[WIRE_DHCP_SEARCH];
	/* by number */
	const struct dhcp_option *const *raw;
	size_t		 nraw;
	/* what it boots from, in BOOTP's fields and options 66 and 67 */
	struct addr	 next_server;	/* or none */
	const char	*server_name;	/* NULL or empty: none */
	const char	*boot_file;
};

/*
 * A frame to UDP port 67, with its Ethernet header.  NULL, or what is wrong
 * with it; without option 53 it is a request of BOOTP.
 */
const char	*wire_dhcp_parse(const void *frame, size_t len,
		    uint32_t ifindex, struct dhcp_request *);

/*
 * The longest mask of a subnet that has both, and neither at its end; 32 if
 * none from 8 bits on does.
 */
uint8_t		 wire_dhcp_netmask(const struct addr *, const struct addr *);

/*
 * The frame that answers; 0, or -1 when there is nowhere to send it (a station
 * without any address) or no room for it.  The answer to a relay goes back to
 * it, by the next hop that it came from.
 */
int		 wire_dhcp_build(const struct dhcp_reply *,
		    const struct wire_dhcp_options *, struct ibuf *);
#endif
