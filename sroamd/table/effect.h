/* SPDX-License-Identifier: ISC */
/*
 * Effects are all that the core does.  The runner of the core gets them one by
 * one during an event, and gives it random numbers.
 */
#ifndef SROAMD_TABLE_EFFECT_H
#define SROAMD_TABLE_EFFECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "msg.h"

struct core;

enum effect_type {		/* and what data points to */
	EFFECT_DHCP_REPLY,	/* struct dhcp_reply */
	EFFECT_DHCP6_REPLY,	/* struct dhcp6_reply */
	EFFECT_ADVERT,		/* struct advert */
	EFFECT_ANNOUNCE,	/* struct announce */
	EFFECT_PROBE,		/* struct probe */
	EFFECT_ARP_REPLY,	/* struct arp_ask */
	EFFECT_ROUTE,		/* struct route */
	EFFECT_NEIGH,		/* struct neigh */
	EFFECT_NEXTHOP,		/* struct nexthop */
	/* The start is over: unclaimed old routes may go.  No data. */
	EFFECT_STARTED,
	EFFECT_DISASSOCIATE,	/* struct disassociate */
	EFFECT_PIN,		/* struct pin */
	EFFECT_INQUIRY,		/* struct inquiry */
	/* There is something for the peer: its number, uint32_t. */
	EFFECT_PEER_WAKE,
	/* core_store_next has something to keep.  No data. */
	EFFECT_STORE_WAKE,
	/* A datum is gone: the store need not keep it.  Its key. */
	EFFECT_FORGET,
	/* The identity is to sign our router datum: struct sign_router. */
	EFFECT_SIGN_ROUTER,
	/* An update of a peer was refused later: struct effect_refused. */
	EFFECT_REFUSED,
	/* No memory for something, which is to be counted.  Text: for what. */
	EFFECT_NO_MEMORY,
	EFFECT_LOG,		/* struct effect_log */
	/* Something happened (core_listen): struct ctl_event. */
	EFFECT_EVENT,
	EFFECT_TYPES
};

enum effect_level {
	LEVEL_DEBUG,
	LEVEL_INFO,
	LEVEL_WARN
};

struct effect_log {
	enum effect_level	 level;
	const char		*format;	/* lines are limited by it */
	const char		*text;
};

struct effect_refused {
	uint32_t	 peer;
	const char	*why;
};

struct effect {
	enum effect_type	type;
	size_t			len;		/* of data, octets */
	union {
		const void			*data;
		const struct dhcp_reply		*dhcp_reply;
		const struct dhcp6_reply	*dhcp6_reply;
		const struct advert		*advert;
		const struct announce		*announce;
		const struct probe		*probe;
		const struct arp_ask		*arp_reply;
		const struct route		*route;
		const struct neigh		*neigh;
		const struct nexthop		*nexthop;
		const struct disassociate	*disassociate;
		const struct pin		*pin;
		const struct inquiry		*inquiry;
		const uint32_t			*peer;
		const struct sign_router	*sign_router;
		const struct effect_refused	*refused;
		const char			*no_memory;
		const struct effect_log		*log;
		const struct ctl_event		*event;
	};
};

struct core_ops {
	/* Called during an event; the data are gone on return. */
	void		(*effect)(void *arg, const struct effect *);
	uint32_t	(*random)(void *arg);	/* uniform, 32 bits */
	/* Whether the key has signed the text (Ed25519). */
	bool		(*verify)(void *arg, const struct router_key *,
			    const void *text, size_t len,
			    const struct router_signature *);
	/* Of a key: its first 8 octets are the id. */
	void		(*fingerprint)(void *arg, const struct router_key *,
			    uint8_t hash[32]);
	/* How many the processor may verify in a second. */
	uint32_t	  verifications;
	void		 *arg;
};

/* Whether LEVEL_DEBUG is wanted; at first it is not. */
void	core_verbose(struct core *, bool);
/* Whether EFFECT_EVENT is wanted; at first it is not. */
void	core_listen(struct core *, bool);

/* For the rooms of the core. */
void	core_effect(struct core *, enum effect_type, const void *data,
	    size_t len);
void	core_log(struct core *, enum effect_level, const char *, ...)
	    __attribute__((format(printf, 3, 4)));
/* No memory for this: the runner of the core counts and logs it. */
void	core_no_memory(struct core *, const char *what);
/* min to max, both inclusive. */
int	core_random_ms(struct core *, int min, int max);
#endif
