/* SPDX-License-Identifier: ISC */
/*
 * Neighbour discovery (RFC 4861) on whole Ethernet frames: solicitations and
 * advertisements of stations read, ours written.  All that we send goes to
 * one station's MAC address, also where its IP destination is multicast
 * (RFC 6085); it comes from the link's MAC and link-local address.
 */
#ifndef SROAMD_WIRE_ND_H
#define SROAMD_WIRE_ND_H

#include <stddef.h>
#include <stdint.h>

#include "ibuf.h"
#include "msg.h"

#define WIRE_ND_RS	133	/* ICMPv6 types */
#define WIRE_ND_RA	134
#define WIRE_ND_NS	135
#define WIRE_ND_NA	136

/* NULL, or what is wrong with the frame. */
const char	*wire_nd_parse_solicit(const void *frame, size_t len,
		    uint32_t ifindex, struct solicit *);
/*
 * A neighbour solicitation (its sender's address; none during duplicate
 * address detection) or advertisement (its target).
 */
const char	*wire_nd_parse_heard(const void *frame, size_t len,
		    uint32_t ifindex, struct heard *);

/*
 * 0, or -1 when there is no room, or the link has no link-local address.
 * Of the name servers those that are IPv6 go into the RDNSS option.
 */
int		 wire_nd_advert(const struct advert *, const struct link *,
		    const struct addr *nameservers, size_t nnameservers,
		    struct ibuf *);
int		 wire_nd_announce(const struct announce *,
		    const struct link *, struct ibuf *);
int		 wire_nd_probe(const struct probe *, const struct link *,
		    struct ibuf *);
#endif
