/* SPDX-License-Identifier: ISC */
/*
 * One core on a virtual clock, and what it did: for tests that are a short
 * list of events.  Stations are numbers; all are on one interface and port.
 */
#ifndef REGRESS_CORE_NODE_H
#define REGRESS_CORE_NODE_H

#include "core/core.h"

#define IFINDEX		10
#define PORT		11
#define GUEST_IFINDEX	12
#define GUEST		"10.45.0.0/24"
#define STRANGER	99
#define EFFECTS		4096

struct seen {
	enum effect_type	type;
	monotime_t		at;
	union {
		struct dhcp_reply	 reply;
		struct dhcp6_reply	 reply6;
		struct advert		 advert;
		struct route		 route;
		struct neigh		 neigh;
		struct nexthop		 nexthop;
		struct disassociate	 drop;
		struct pin		 pin;
		struct probe		 probe;
		struct ctl_event	 event;
		char			 text[160];	/* of a warning */
	};
};

struct node {
	struct core		*core;
	struct conf		*conf;
	struct router_id	 id;
	uint64_t		 run;
	uint32_t		 random;
	uint32_t		 verifications;	/* a second [1000] */
	enum station_source	 source;	/* of its link [nl80211] */
	/* where stations act [IFINDEX] */
	uint32_t		 ifindex;
	const char		*gateway;	/* there [192.168.44.1] */
	struct seen		*seen;
	int			 n;
	struct sign_router	 asked;
	int			 is_asked;
	int			 signer_is_away;	/* or silent */
	unsigned int		 verified;	/* signatures */
	unsigned int		 infos;		/* lines, */
	char			 info[160];	/* the last */
	unsigned int		 refused;	/* updates, later, */
	char			 refused_why[64];	/* the last */
	unsigned int		 no_memory;	/* times that it said so, */
	char			 no_memory_for[32];	/* the last time */
};

extern monotime_t	now;

struct node		*node_new(uint8_t which, const char *pool);
/* With a second network, "guest", and a radio in it. */
struct node		*node_with_guest(uint8_t which);
void			 add_guest(struct conf *);	/* without interface */
void			 guest_link(struct node *, uint8_t up);
/* Stations act in it, or in the first one, from now on. */
void			 be_guest(struct node *, bool);
void			 node_free(struct node *);
struct core		*node_core(struct node *);	/* a new one, or NULL */
/* with an empty table */
void			 core_start(struct node *);
struct mac		 station(int);
/* Time passes, and every timer fires when it is due. */
void			 pass(struct node *, int64_t ms);
/* By the link's own source, which is a radio; or by another. */
void			 sight(struct node *, int, enum sighting_kind);
void			 sight_by(struct node *, int, enum sighting_kind,
			    enum station_source);
/* A frame of the station's. */
void			 hear(struct node *, int, enum heard_kind,
			    const struct addr *);
/* One DHCP message; the answer, or NULL. */
const struct dhcp_reply	*dhcp(struct node *, int, enum dhcp_type,
			    const struct addr *want, int selecting);
/* DISCOVER to ACK; none if there was nothing to have. */
struct addr		 obtain(struct node *, int);
struct addr		 join(struct node *, int);
/* The last word on the route of an address, or -1. */
int			 route_of(const struct node *, const struct addr *);
int			 count(const struct node *, enum effect_type);
/* A router datum has a key, run 1 and a signature, too. */
void			 make_update(struct update *, enum datum_kind,
			    const void *key, size_t keylen, const void *value,
			    size_t vallen, uint64_t seqno, uint32_t lifetime);
/* The signer answers what it was asked; pass() and carry() do it, too. */
void			 answer_signer(struct node *);
int			 find_datum(struct node *, const struct update *key,
			    struct update *found);
/* All that each has for the other, until neither has any more. */
void			 carry(struct node *, struct node *, uint32_t peer);
void			 peering(struct node *, struct node *, uint32_t peer);
#endif
