/* SPDX-License-Identifier: ISC */
/*
 * Neighbour discovery (RFC 4861) on whole Ethernet frames: solicitations and
 * advertisements of stations parsed, ours written.  All of ours go to one
 * station's MAC address, even to a multicast IP address (RFC 6085); their
 * source is the link's MAC and link-local address.
 */
#ifndef SROAMD_WIRE_ND_H
#define SROAMD_WIRE_ND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/ibuf.h"
#include "msg.h"

#define WIRE_ND_RS	133	/* ICMPv6 types */
#define WIRE_ND_RA	134
#define WIRE_ND_NS	135
#define WIRE_ND_NA	136

#define WIRE_ND_SERVERS	16
#define WIRE_ND_DOMAINS	12
#define WIRE_ND_ROUTES	16
#define WIRE_ND_DOMAIN	256
#define WIRE_ND_URI	256

/* RFC 4191 2.1: two bits. */
#define WIRE_ND_HIGH	1
#define WIRE_ND_MEDIUM	0
#define WIRE_ND_LOW	3

/*
 * Contents of an advertisement beside the station's prefixes: the same on all
 * of a link.  What was removed is sent with a lifetime of zero.
 */
struct wire_nd_options {
	uint8_t		onlink;	/* L flag of the prefixes */
	uint8_t		delegates;	/* P flag, RFC 9762 */
	uint8_t		other;		/* O flag: DHCPv6 is on */
	uint8_t		preference;	/* of this router */
	uint32_t	nservers, ndomains, nroutes, nnat64;
	struct {
		struct addr	addr;	/* IPv4 ones are left out */
		bool		gone;
	} servers[WIRE_ND_SERVERS];
	struct {
		struct prefix	prefix;
		uint8_t		preference;
		bool		gone;
	} routes[WIRE_ND_ROUTES];
	struct {
		struct prefix	prefix;	/* of a length of RFC 6052 2.2 */
		bool		gone;
	} nat64[2];
	struct {
		char		name[WIRE_ND_DOMAIN];
		bool		gone;
	} domains[WIRE_ND_DOMAINS];
	char		captive[WIRE_ND_URI];	/* portal, RFC 8910; or "" */
};

/* NULL, or what is wrong with the frame. */
const char	*wire_nd_parse_solicit(const void *frame, size_t len,
		    uint32_t ifindex, struct solicit *);
/*
 * A neighbour solicitation (its sender's address; none during duplicate
 * address detection) or advertisement (its target).
 */
const char	*wire_nd_parse_heard(const void *frame, size_t len,
		    uint32_t ifindex, struct heard *);

/* Whether it is duplicate address detection: the sender wants this address. */
bool		 wire_nd_probed(const void *frame, size_t len, struct addr *);

/*
 * 0, or -1 when there is no room, or the link has no link-local address.
 * Options that do not fit behind the prefixes are omitted, the last ones
 * first.
 */
int	wire_nd_advert(const struct advert *, const struct link *,
	    const struct wire_nd_options *, struct ibuf *);
int	wire_nd_announce(const struct announce *, const struct link *,
	    struct ibuf *);
int	wire_nd_probe(const struct probe *, const struct link *, struct ibuf *);
#endif
