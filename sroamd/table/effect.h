/* SPDX-License-Identifier: ISC */
/*
 * What the core does to the world: effects, given one by one to who runs it
 * while it is told of an event.  Randomness comes from there as well.
 */
#ifndef SROAMD_TABLE_EFFECT_H
#define SROAMD_TABLE_EFFECT_H

#include <stdbool.h>
#include <stdint.h>

#include "msg.h"

struct core;

enum effect_type {
	EFFECT_DHCP_REPLY,
	EFFECT_DHCP6_REPLY,
	EFFECT_ADVERT,
	EFFECT_ANNOUNCE,
	EFFECT_PROBE,
	EFFECT_ARP_REPLY,
	EFFECT_ROUTE,
	EFFECT_NEIGH,
	EFFECT_NEXTHOP,
	EFFECT_SETTLED,		/* start is over: unclaimed old routes may go */
	EFFECT_DISASSOCIATE,
	EFFECT_INQUIRY,
	EFFECT_PEER_WAKE,	/* there is something for the peer */
	EFFECT_STORE_WAKE,	/* core_store_next has something to keep */
	EFFECT_FORGET,		/* a datum is gone: the store need not keep it */
	EFFECT_NO_MEMORY,	/* something was refused: to be counted */
	EFFECT_LOG
};

enum effect_level {
	LEVEL_DEBUG,
	LEVEL_INFO,
	LEVEL_WARN
};

struct effect {
	enum effect_type	type;
	union {
		const struct dhcp_reply	*dhcp_reply;
		const struct dhcp6_reply *dhcp6_reply;
		const struct advert	*advert;
		const struct announce	*announce;
		const struct probe	*probe;
		const struct arp_ask	*arp_reply;
		const struct route	*route;
		const struct neigh	*neigh;
		const struct nexthop	*nexthop;
		const struct disassociate *disassociate;
		const struct inquiry	*inquiry;
		uint32_t		 peer;
		const char		*no_memory;	/* for what */
		struct {
			const uint8_t		*key;
			uint8_t			 keylen;
		} forget;
		struct {
			enum effect_level	 level;
			const char		*text;
		} log;
	};
};

struct core_ops {
	/* Called during an event; what it points to is gone on return. */
	void		(*effect)(void *arg, const struct effect *);
	uint32_t	(*random)(void *arg);	/* uniform, 32 bits */
	void		 *arg;
};

/* Whether LEVEL_DEBUG is of use to anybody; at first it is not. */
void	 core_verbose(struct core *, bool);

/* For the rooms of the core. */
void	 core_effect(struct core *, const struct effect *);
void	 core_log(struct core *, enum effect_level, const char *, ...)
	    __attribute__((format(printf, 3, 4)));
/* Something is refused: counted and said by who runs the core. */
void	 core_no_memory(struct core *, const char *what);
/* min to max, both inclusive. */
int	 core_random_ms(struct core *, int min, int max);
#endif
