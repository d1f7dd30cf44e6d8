/* SPDX-License-Identifier: ISC */
/*
 * Ethernet addresses, IP addresses and prefixes, as values.
 *
 * An IPv4 address is held IPv4-mapped (RFC 4291 2.5.5.2), so that one type,
 * one comparison and one tree serve both families; ::, all zeroes, is "none".
 * A prefix counts its length in 128ths: an IPv4 /24 has length 120.
 */
#ifndef COMMON_ADDR_H
#define COMMON_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mac {
	uint8_t		octet[6];
};

struct addr {
	uint8_t		octet[16];
};

struct prefix {
	struct addr	addr;		/* bits past len are zero */
	uint8_t		len;		/* 0 to 128, in 128ths for IPv4 too */
};

struct router_id {
	uint8_t		octet[8];	/* all zeroes: none */
};

#define MAC_TEXT	18		/* sizes of texts, with the NUL */
#define ADDR_TEXT	46
#define PREFIX_TEXT	50
#define ROUTER_ID_TEXT	24

#define V4_PLEN		96		/* what IPv4 lengths are offset by */

/* MAC addresses.  Order is that of the octets. */
int		 mac_cmp(const struct mac *, const struct mac *);
bool		 mac_is_station(const struct mac *);	/* unicast, not zero */
int		 mac_parse(const char *, struct mac *);	/* 0, or -1 */
const char	*mac_text(const struct mac *);
/*
 * FNV-1a.  With a secret seed, a sender cannot choose addresses that fall into
 * one slot.
 */
uint32_t	 mac_hash(const struct mac *, uint32_t seed);
uint32_t	 addr_hash(const struct addr *, uint32_t seed);

/* Addresses.  addr_parse takes either family; 0, or -1 if it is neither. */
extern const struct addr addr_none;
int		 addr_cmp(const struct addr *, const struct addr *);
bool		 addr_is_none(const struct addr *);
bool		 addr_is_v4(const struct addr *);
bool		 addr_is_linklocal(const struct addr *);
bool		 addr_is_multicast(const struct addr *);
void		 addr_from_v4(struct addr *, const uint8_t v4[4]);
const uint8_t	*addr_v4(const struct addr *);	/* its last four octets */
/* The link-local address that a MAC address makes: RFC 4291, appendix A. */
void		 addr_from_mac(struct addr *, const struct mac *);
int		 addr_parse(const char *, struct addr *);
const char	*addr_text(const struct addr *);

/* Prefixes.  prefix_parse refuses bits set beyond the length. */
int		 prefix_cmp(const struct prefix *, const struct prefix *);
bool		 prefix_is_v4(const struct prefix *);
unsigned int	 prefix_plen(const struct prefix *);	/* as in its text */
bool		 prefix_contains(const struct prefix *, const struct addr *);
bool		 prefix_covers(const struct prefix *, const struct prefix *);
bool		 prefix_overlaps(const struct prefix *, const struct prefix *);
/* /32, /128 */
void		 prefix_host(struct prefix *, const struct addr *);
/* clear bits past len */
void		 prefix_mask(struct prefix *);
int		 prefix_parse(const char *, struct prefix *);
const char	*prefix_text(const struct prefix *);

int		 router_id_cmp(const struct router_id *,
		    const struct router_id *);
bool		 router_id_is_none(const struct router_id *);
int		 router_id_parse(const char *, struct router_id *);
const char	*router_id_text(const struct router_id *); /* 02:00:..:01 */

/*
 * The _text functions return one of a few static buffers in turn: good for the
 * arguments of one log line, not longer.
 */
#endif
