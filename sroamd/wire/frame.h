/* SPDX-License-Identifier: ISC */
/*
 * From a whole Ethernet frame, as a packet socket gives it, to the struct of
 * msg.h for its contents.
 */
#ifndef SROAMD_WIRE_FRAME_H
#define SROAMD_WIRE_FRAME_H

#include <stddef.h>

#include "common/ibuf.h"
#include "msg.h"

#define WIRE_FRAME_MAX	1514	/* enough for all frames that we write */

enum frame_kind {
	FRAME_OTHER,		/* not for us, well-formed or not */
	FRAME_DHCP,		/* u.dhcp */
	FRAME_DHCP_SERVER,	/* sent by a server */
	FRAME_DHCP6,		/* u.dhcp6 */
	FRAME_DHCP6_SERVER,	/* sent by a server */
	FRAME_RS,		/* u.solicit */
	FRAME_ARP,		/* u.heard */
	FRAME_NS,		/* u.heard */
	FRAME_NA,		/* u.heard */
	FRAME_RA,		/* of another protocol: not parsed */
	FRAME_MALFORMED		/* why: what is wrong */
};

struct frame {
	enum frame_kind	 kind;
	const char	*why;		/* of FRAME_MALFORMED: a constant */
	struct mac	 source;	/* the Ethernet source, if known */
	struct addr	 server;	/* the IP source of _SERVER and _RA */
	union {
		struct dhcp_request	dhcp;
		struct dhcp6_request	dhcp6;
		struct solicit		solicit;
		struct heard		heard;
	} u;
};

/*
 * link: where the frame was received.  Frames with our own MAC address as
 * their source are FRAME_OTHER.
 */
void	wire_frame_parse(const void *data, size_t len, const struct link *,
	    struct frame *);
/*
 * Put the tag of a VLAN, with priority 0, into a frame behind its addresses
 * (IEEE Std 802.1Q-2022 9.6); 0: none.  -1: no frame, or no room.
 */
int	wire_tag(struct ibuf *, uint16_t vlan);
#endif
