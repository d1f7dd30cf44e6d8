/* SPDX-License-Identifier: ISC */
/*
 * The rules of nftables are read and left alone: at start, after a reload and
 * when they change.  What they keep is for guard.h; those that break the
 * connections of stations that roam, or may drop what stations send, are named
 * once.
 *
 * A flow table that has a port of a bridge among its devices remembers the
 * port and the station's MAC address for a connection, and goes on sending
 * there when the station is elsewhere.  With the bridge itself it remembers a
 * route, and the kernel drops the flow when the routes change.
 *
 * Masquerading ends the connections of a station that roams, for the next
 * router knows nothing of them.
 */
#ifndef SROAMD_KERNEL_NFT_H
#define SROAMD_KERNEL_NFT_H

#include <stdbool.h>

#include "common/monotime.h"

#define NFT_SAID	16	/* lines that are remembered */
#define NFT_SOON	1000	/* ms: rules change in groups */
#define NFT_AGAIN	5000	/* ms between two looks */

struct event;
struct kernel;
struct netlink;
struct netlink_monitor;

struct knft {
	struct netlink		*nl;		/* NULL: no nftables */
	struct netlink_monitor	*changes;
	struct event		*due;
	monotime_t		 next;		/* look, not before */
	int			 step;		/* 0: none under way */
	bool			 failed;	/* a list of this look */
	unsigned int		 n;
	struct {
		char		text[240];
		bool		seen;		/* in this look */
	} said[NFT_SAID];
};

void	nft_open(struct kernel *);
void	nft_close(struct kernel *);
void	nft_look_soon(struct kernel *);
#endif
