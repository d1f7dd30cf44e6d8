/* SPDX-License-Identifier: ISC */
/*
 * Clients of DHCP: who an IPv4 address belongs to.  Several may be behind one
 * MAC address, and then their client identifiers (option 61) tell them apart:
 * two systems on one machine, or hosts behind a repeater that has but one
 * address on the air.  Routes and locations know the MAC address alone.
 */
#ifndef SROAMD_LEASE_CLIENT_H
#define SROAMD_LEASE_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "msg.h"

#define IDENT	8	/* octets of the SHA-256 of a client identifier */

struct ident {
	uint8_t		octet[IDENT];
};

struct client {
	struct mac	mac;
	struct ident	ident;		/* not if it is any */
	/* without an identifier, or with one that repeats the MAC address */
	bool		plain;
	/* whichever there is of this MAC address; of IPv6, the only one */
	bool		any;
	struct addr	asks;		/* for this address, or none */
};

int	ident_cmp(const struct ident *, const struct ident *);
/* Of an identifier of DHCP, with its type (RFC 2132 9.14). */
void	ident_make(struct ident *, const uint8_t *id, uint8_t len);
/* Of the identifier that a MAC address makes: type 1, and itself. */
void	ident_of_mac(struct ident *, const struct mac *);
void	client_any(struct client *, const struct mac *);
void	client_plain(struct client *, const struct mac *);
void	client_of_request(struct client *, const struct dhcp_request *);
bool	client_is(const struct client *, const struct client *);
#endif
