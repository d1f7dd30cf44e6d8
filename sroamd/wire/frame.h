/* SPDX-License-Identifier: ISC */
/*
 * From a whole Ethernet frame, as a packet socket gives it, to the struct of
 * msg.h that says what it means.
 */
#ifndef SROAMD_WIRE_FRAME_H
#define SROAMD_WIRE_FRAME_H

#include <stddef.h>

#include "msg.h"

#define WIRE_FRAME_MAX	1514	/* enough for all that we build */

enum frame_kind {
	FRAME_OTHER,		/* well-formed or not, none of ours */
	FRAME_DHCP,		/* u.dhcp */
	FRAME_DHCP_SERVER,	/* what only a DHCP server sends: server */
	FRAME_DHCP6,		/* u.dhcp6 */
	FRAME_RS,		/* u.solicit */
	FRAME_ARP,		/* u.heard */
	FRAME_NS,		/* u.heard */
	FRAME_NA,		/* u.heard */
	FRAME_RA,		/* another's, not looked into */
	FRAME_MALFORMED		/* why */
};

struct frame {
	enum frame_kind	 kind;
	const char	*why;		/* of FRAME_MALFORMED: a constant */
	struct mac	 source;	/* the Ethernet source, if known */
	struct addr	 server;	/* the IP source of FRAME_DHCP_SERVER */
	union {
		struct dhcp_request	dhcp;
		struct dhcp6_request	dhcp6;
		struct solicit		solicit;
		struct heard		heard;
	} u;
};

/*
 * The link is the one that the frame came in on; frames that carry our own
 * MAC address as their source are FRAME_OTHER.
 */
void	wire_frame_parse(const void *data, size_t len, const struct link *,
	    struct frame *);
#endif
