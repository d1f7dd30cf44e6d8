/* SPDX-License-Identifier: ISC */
/*
 * The roaming table and everything that decides: one object, fed with events
 * and the time, giving effects.  It does no I/O, reads no clock, draws
 * randomness only from the function it was given and logs by an effect; so
 * one runs in the engine process and fifty run in a simulator.
 */
#ifndef SROAMD_CORE_H
#define SROAMD_CORE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/ctl.h"
#include "common/monotime.h"
#include "conf/conf.h"
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

/*
 * self must not be zero.  The configuration is copied.  Nothing is sent nor
 * installed before the first event.  NULL: no memory.
 */
struct core	*core_new(const struct core_ops *, const struct router_id *self,
		    const struct conf *, monotime_t now);
void		 core_free(struct core *);

/* When core_tick must be called at the latest. */
monotime_t	 core_due(const struct core *);
void		 core_tick(struct core *, monotime_t now);

/*
 * Another configuration, in two steps: core_prepare does what can fail, 0 or
 * -1: no memory, and core_conf cannot fail then.  Without the first step it
 * does both, and without memory leaves everything as it is.
 */
int		 core_prepare(struct core *, const struct conf *);
void		 core_abort(struct core *);
void		 core_conf(struct core *, const struct conf *, monotime_t now);
/* Whether LEVEL_DEBUG is of use to anybody; at first it is not. */
void		 core_verbose(struct core *, bool);

/* Interfaces and stations.  A link with up == 0 loses its stations. */
void		 core_link(struct core *, const struct link *, monotime_t now);
void		 core_sighting(struct core *, const struct sighting *,
		    monotime_t now);
void		 core_heard(struct core *, const struct heard *, monotime_t now);
/* Somebody's address: answered by an effect if its packets go by us. */
void		 core_arp(struct core *, const struct arp_ask *, monotime_t now);
void		 core_dhcp(struct core *, const struct dhcp_request *,
		    monotime_t now);
void		 core_dhcp6(struct core *, const struct dhcp6_request *,
		    monotime_t now);
void		 core_solicit(struct core *, const struct solicit *,
		    monotime_t now);
/* What an effect told to send to a station there could not be kept for it. */
void		 core_answer_dropped(struct core *, uint32_t ifindex);
/* A route of a former run, found in the kernel: its lease and station. */
void		 core_adopt(struct core *, const struct route *, monotime_t now);

/*
 * Flooding.  A session has a number that the caller chose and uses once.
 * peer_up: the handshake is over, flags: what both sides announced, and who
 * opened it.  The caller takes what is to be sent by core_peer_next (1 and
 * an update, or 0: none for now), and then by core_peer_digest (1 and a
 * digest, or 0), as much at a time as its output buffer allows: a slow peer
 * costs no memory.  EFFECT_PEER_WAKE says when there is more.
 */
#define PEER_EXTENDED	0x1	/* ages, router data */
#define PEER_DIGESTS	0x2	/* of an extended peer: only what differs */
#define PEER_OPENER	0x4	/* we connected, the peer accepted */

/* 0, or -1: no memory, and the session is of no use. */
int		 core_peer_up(struct core *, uint32_t peer, unsigned int flags,
		    monotime_t now);
void		 core_peer_down(struct core *, uint32_t peer, monotime_t now);
int		 core_peer_next(struct core *, uint32_t peer, struct update *,
		    monotime_t now);
/* NULL, or why it was dropped. */
const char	*core_update(struct core *, uint32_t peer,
		    const struct update *, monotime_t now);
int		 core_peer_digest(struct core *, uint32_t peer,
		    struct digest *);
void		 core_digest(struct core *, uint32_t peer,
		    const struct digest *);

/*
 * State on disk: leases and locations.  The caller loads what a former run
 * kept before any other event, then starts to keep: core_store_next gives
 * what has changed since (1 and a datum, or 0: EFFECT_STORE_WAKE will say
 * when), core_store_all makes it give everything once more.  A location of a
 * former run that names us is no evidence until a peer or the station agrees.
 */
int		 core_store_load(struct core *, const struct stored *,
		    monotime_t now);	/* 0, or -1: not wanted any more */
void		 core_store_start(struct core *);
void		 core_store_stop(struct core *);
void		 core_store_all(struct core *);
int		 core_store_next(struct core *, struct stored *);
bool		 core_store_holds(struct core *, const uint8_t *key,
		    uint8_t keylen);

/* The network ends, for all stations here; a new configuration begins it. */
void		 core_retire(struct core *, monotime_t now);
/*
 * An operator's wishes: 0, or -1 when there is no such station or lease.
 * -2: the station is at an access point without an hostapd to ask.
 */
int		 core_disassociate(struct core *, const struct mac *,
		    monotime_t now);
int		 core_clear_lease(struct core *, const struct prefix *,
		    const struct mac *, monotime_t now);	/* either may be NULL */

/*
 * What is there, one record at a time: 1 and a record, 0 at the end.  The
 * cursor starts zeroed, and may be kept while the table changes.
 */
int		 core_show_lease(struct core *, struct ctl_cursor *,
		    struct ctl_lease *, monotime_t now);
int		 core_show_station(struct core *, struct ctl_cursor *,
		    struct ctl_station *, monotime_t now);
int		 core_show_router(struct core *, struct ctl_cursor *,
		    struct ctl_router *, monotime_t now);
/* The last movements of stations, the latest first. */
int		 core_show_roam(struct core *, struct ctl_cursor *,
		    struct ctl_roam *, monotime_t now);
/* What was dropped on the interface behind *ifindex, in their order. */
int		 core_show_drops(struct core *, uint32_t *ifindex,
		    uint64_t count[CTL_DROPS]);
void		 core_show_status(struct core *, struct ctl_status *,
		    monotime_t now);
/* A router's name as far as it is known, else nothing. */
void		 core_name_router(const struct core *, const struct router_id *,
		    char *, size_t);
/* When the router last spoke of itself; false: it has not. */
bool		 core_router_heard(struct core *, const struct router_id *,
		    monotime_t *);
/* How many data there are, and the octets that all objects take. */
void		 core_show_memory(const struct core *, uint64_t *objects,
		    uint64_t *bytes);
/* The stored live datum itself, in key order: what the simulator compares. */
int		 core_show_datum(struct core *, struct ctl_cursor *,
		    struct update *, monotime_t now);
#endif
