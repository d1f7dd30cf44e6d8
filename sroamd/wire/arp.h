/* SPDX-License-Identifier: ISC */
/*
 * ARP for IPv4 over Ethernet (RFC 826, RFC 5227) on whole frames.
 */
#ifndef SROAMD_WIRE_ARP_H
#define SROAMD_WIRE_ARP_H

#include <stdbool.h>
#include <stddef.h>

#include "common/ibuf.h"
#include "msg.h"

/*
 * NULL, or what is wrong with the frame.  A reply to the link's MAC and
 * gateway address is HEARD_ARP_REPLY, all else HEARD_ARP.
 */
const char	*wire_arp_parse(const void *frame, size_t len,
		    const struct link *, struct heard *);

/*
 * An announcement of the gateway to one station, in request form (sender =
 * target): hosts accept that at once, without a warning that the gateway has
 * changed, which they log on a reply.  0, or -1: no gateway address, no room.
 */
int	wire_arp_announce(const struct announce *, const struct link *,
	    struct ibuf *);
/*
 * Whether it is a request, parsed before, for an address that is neither the
 * sender's own nor the gateway's: another station may have it, elsewhere.
 */
bool	wire_arp_asks(const void *frame, size_t len, const struct link *,
	    struct arp_ask *);
/* Whether it is an RFC 5227 probe: the sender wants this address. */
bool	wire_arp_probed(const void *frame, size_t len, struct addr *);
/* The reply: the gateway has the address. */
int	wire_arp_answer(const struct arp_ask *, const struct link *,
	    struct ibuf *);
/* A request to one station, or to all: does it still have the address? */
int	wire_arp_probe(const struct probe *, const struct link *,
	    struct ibuf *);
#endif
