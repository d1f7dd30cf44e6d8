/* SPDX-License-Identifier: ISC */
/*
 * Stations that the log has named for playing the gateway, or asking for
 * others: each is named once an hour for a thing it does, and no more than a
 * few a minute are, whatever MAC addresses they take.
 */
#ifndef SROAMD_FRONTEND_NAMED_H
#define SROAMD_FRONTEND_NAMED_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/monotime.h"

enum deed {
	DEED_NONE,
	DEED_CLAIM,		/* sends from the gateway's address */
	DEED_CLAIM6,		/* likewise, IPv6 */
	DEED_PROBE,		/* asks for that address for itself */
	DEED_SERVER,		/* answers DHCP */
	DEED_SERVER6,		/* answers DHCPv6 */
	DEED_ADVERT,		/* sends router advertisements */
	DEED_REPEATER		/* asks DHCP for others */
};

#define NAMED_AGAIN	3600000		/* ms until it is named again */
#define NAMED_BURST	10		/* lines at once, of all stations */
#define NAMED_RATE	6000		/* ms a line after that */

struct named;

struct named	*named_new(uint32_t seed);	/* NULL: no memory */
void		 named_free(struct named *);
/* Whether to name it now. */
bool		 named_pass(struct named *, const struct mac *, enum deed,
		    monotime_t now);
#endif
