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
 * The gateway announced to one station, in request form (sender = target):
 * hosts take that at once and without calling the gateway changed, which
 * they do not with a reply.  0, or -1: no gateway address, no room.
 */
int	wire_arp_announce(const struct announce *, const struct link *,
	    struct ibuf *);
/*
 * Whether it is a request, parsed before, for an address that is neither the
 * sender's own nor the gateway's: somebody may have it elsewhere.
 */
bool	wire_arp_asks(const void *frame, size_t len, const struct link *,
	    struct arp_ask *);
/* Whether it is an RFC 5227 probe: the sender wants this address. */
bool	wire_arp_probed(const void *frame, size_t len, struct addr *);
/* The answer: the gateway has it. */
int	wire_arp_answer(const struct arp_ask *, const struct link *,
	    struct ibuf *);
/* A request sent to one station: does it still have the address? */
int	wire_arp_probe(const struct probe *, const struct link *,
	    struct ibuf *);
#endif
