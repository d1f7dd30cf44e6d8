/* SPDX-License-Identifier: ISC */
/* The table of stations at access points.  States: radio.h. */
#include <sys/tree.h>

#include <stdlib.h>
#include <string.h>

#include "common/container_of.h"
#include "common/log.h"
#include "common/timer.h"
#include "radio/radio.h"

#define POLL_FIRST	5	/* ms after it authenticated; then doubling */
#define POLL_SOON	2	/* ms after a report of hostapd */
#define POLL_LAST	20480	/* longer than any handshake takes */
#define STALE_MS	2000	/* longer than from authentication to keys */
#define AGAIN_MS	1000	/* XIDs of one that is authorised already */

/* A station at an access point. */
struct member {
	RB_ENTRY(member)	entry;
	struct mac		mac;
	uint32_t		ifindex;
	struct timer		poll;		/* of a candidate */
	/* ms to the poll after the next */
	int64_t			wait;
	monotime_t		since;		/* authorised */
	uint32_t		received;
	bool			authorised;
	/* received is of an earlier check */
	bool			counted;
	bool			seen;
};
RB_HEAD(member_tree, member);

struct radio {
	struct radio_ops	ops;
	struct member_tree	members;
	struct timerq		timers;
	uint64_t		nmembers, nauthorised;
};

static int		 member_cmp(const struct member *,
			    const struct member *);
static struct member	*find(const struct radio *, uint32_t,
			    const struct mac *);
static struct member	*first(const struct radio *, const struct mac *);
static struct member	*get(struct radio *, uint32_t, const struct mac *);
static void		 drop(struct radio *, struct member *);
static void		 poll_in(struct radio *, struct member *, int64_t,
			    monotime_t);
static void		 poll(struct radio *, struct member *, monotime_t);
static void		 settle(struct radio *, struct member *, monotime_t);
static bool		 may_send(const struct radio *, const struct member *,
			    const struct radio_state *);
static void		 authorise(struct radio *, struct member *,
			    enum sighting_kind, uint64_t, monotime_t);
static void		 report(struct radio *, const struct member *,
			    enum sighting_kind, uint64_t);
static void		 unauthorise(struct radio *, struct member *);

RB_PROTOTYPE(member_tree, member, entry, member_cmp)
RB_GENERATE(member_tree, member, entry, member_cmp)

struct radio *
radio_new(const struct radio_ops *ops)
{
	struct radio *r;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		fatal("stations of radios");
	r->ops = *ops;
	RB_INIT(&r->members);
	return r;
}

void
radio_free(struct radio *r)
{
	struct member *m;

	if (r == NULL)
		return;
	while ((m = RB_ROOT(&r->members)) != NULL)
		drop(r, m);
	timerq_free(&r->timers);
	free(r);
}

monotime_t
radio_due(const struct radio *r)
{
	return timerq_due(&r->timers);
}

void
radio_tick(struct radio *r, monotime_t now)
{
	struct timer *t;

	while ((t = timerq_expire(&r->timers, now)) != NULL)
		poll(r, container_of(t, struct member, poll), now);
}

void
radio_appeared(struct radio *r, uint32_t ifindex, const struct mac *mac,
    monotime_t now)
{
	struct member *m = get(r, ifindex, mac);

	/* Its leaving was missed: this is another visit. */
	unauthorise(r, m);
	m->counted = false;
	poll_in(r, m, POLL_FIRST, now);
}

void
radio_left(struct radio *r, uint32_t ifindex, const struct mac *mac)
{
	struct member *m;

	if ((m = find(r, ifindex, mac)) == NULL)
		return;
	unauthorise(r, m);
	drop(r, m);
}

/*
 * XID frames from the air come only from stations with keys, each in its own
 * name, so a forged one is of a station that is here; but it could send them
 * all day.  The frame of the kernel comes when the station may send.  That is
 * after its keys, except in the case of radio.h and on open networks: its state
 * distinguishes the two.
 */
void
radio_authorised(struct radio *r, uint32_t ifindex, const struct mac *mac,
    monotime_t now)
{
	struct member *m = get(r, ifindex, mac);

	if (m->authorised && monotime_ms(m->since, now) < AGAIN_MS)
		return;
	if (r->ops.keyed(r->ops.arg, ifindex, mac))
		authorise(r, m, SIGHTING_JOINED, 0, now);
	else {
		m->wait = POLL_FIRST;
		poll(r, m, now);
	}
}

void
radio_connected(struct radio *r, uint32_t ifindex, const struct mac *mac,
    monotime_t now)
{
	struct member *m = get(r, ifindex, mac);

	if (m->authorised)
		return;
	m->wait = POLL_SOON;
	poll(r, m, now);
}

/*
 * The kernel keeps its entry for a while (2 s if it moved to another access
 * point of the same hostapd), so there is nothing to ask the kernel for.
 */
void
radio_disconnected(struct radio *r, uint32_t ifindex, const struct mac *mac)
{
	struct member *m;

	if ((m = find(r, ifindex, mac)) == NULL)
		return;
	unauthorise(r, m);
	timer_clear(&r->timers, &m->poll);
}

/*
 * The hardware of a station acknowledges frames to it from any access point,
 * also when the station has moved to another one on the same channel.  So only
 * a missing acknowledgement shows something.
 */
void
radio_probed(struct radio *r, uint32_t ifindex, const struct mac *mac,
    bool acknowledged)
{
	struct member *m;

	if (!acknowledged && (m = find(r, ifindex, mac)) != NULL &&
	    m->authorised)
		report(r, m, SIGHTING_NO_ACK, 0);
}

void
radio_check(struct radio *r, uint32_t ifindex, const struct mac *mac)
{
	struct radio_state state;
	struct member *m;
	bool active;

	if ((m = find(r, ifindex, mac)) == NULL || !m->authorised)
		return;
	if (!r->ops.ask(r->ops.arg, ifindex, mac, &state)) {
		radio_left(r, ifindex, mac);
		return;
	}
	active = state.has_received && m->counted &&
	    state.received != m->received;
	m->counted = state.has_received;
	m->received = state.received;
	if (active)
		report(r, m, SIGHTING_ACTIVE, 0);
	else
		r->ops.probe(r->ops.arg, ifindex, mac);
}

/*
 * With protected management frames hostapd keeps the old entry while the
 * station authenticates again, without an event.  Dropping it then would
 * destroy the new association.
 */
bool
radio_is_stale(struct radio *r, uint32_t ifindex, const struct mac *mac)
{
	struct radio_state state;
	struct member *m;

	return (m = find(r, ifindex, mac)) != NULL && m->authorised &&
	    r->ops.ask(r->ops.arg, ifindex, mac, &state) &&
	    may_send(r, m, &state) &&
	    (!state.has_inactive || state.inactive >= STALE_MS);
}

void
radio_dump_begin(struct radio *r, uint32_t ifindex)
{
	struct member *m;

	RB_FOREACH(m, member_tree, &r->members)
		if (m->ifindex == ifindex)
			m->seen = false;
}

void
radio_dump_each(struct radio *r, uint32_t ifindex, const struct mac *mac,
    const struct radio_state *state, enum sighting_kind kind, monotime_t now)
{
	struct member *m = find(r, ifindex, mac);
	bool was_here = m != NULL;

	m = get(r, ifindex, mac);
	m->seen = true;
	if (m->authorised)
		return;
	if (may_send(r, m, state))
		authorise(r, m, kind, state->associated, now);
	else if (!was_here)
		poll_in(r, m, POLL_FIRST, now);
}

void
radio_dump_end(struct radio *r, uint32_t ifindex)
{
	struct member *m, *next;

	RB_FOREACH_SAFE(m, member_tree, &r->members, next)
		if (m->ifindex == ifindex && !m->seen) {
			unauthorise(r, m);
			drop(r, m);
		}
}

void
radio_drop(struct radio *r, uint32_t ifindex)
{
	radio_dump_begin(r, ifindex);
	radio_dump_end(r, ifindex);
}

bool
radio_knows(const struct radio *r, const struct mac *mac)
{
	return first(r, mac) != NULL;
}

uint32_t
radio_at(const struct radio *r, const struct mac *mac, unsigned int n)
{
	struct member *m;

	for (m = first(r, mac); m != NULL && mac_cmp(&m->mac, mac) == 0;
	    m = RB_NEXT(member_tree, &r->members, m))
		if (n-- == 0)
			return m->ifindex;
	return 0;
}

uint64_t
radio_stations(const struct radio *r, uint64_t *candidates)
{
	*candidates = r->nmembers - r->nauthorised;
	return r->nauthorised;
}

uint64_t
radio_bytes(const struct radio *r)
{
	return r->nmembers * sizeof(struct member);
}

static struct member *
find(const struct radio *r, uint32_t ifindex, const struct mac *mac)
{
	struct member key;

	key.mac = *mac;
	key.ifindex = ifindex;
	return RB_FIND(member_tree, (struct member_tree *)
	    (uintptr_t)&r->members, &key);
}

/* The first entry of the station, at any access point. */
static struct member *
first(const struct radio *r, const struct mac *mac)
{
	struct member key, *m;

	key.mac = *mac;
	key.ifindex = 0;
	m = RB_NFIND(member_tree, (struct member_tree *)
	    (uintptr_t)&r->members, &key);
	return m != NULL && mac_cmp(&m->mac, mac) == 0 ? m : NULL;
}

static struct member *
get(struct radio *r, uint32_t ifindex, const struct mac *mac)
{
	struct member *m;

	if ((m = find(r, ifindex, mac)) != NULL)
		return m;
	if ((m = calloc(1, sizeof(*m))) == NULL)
		fatal("station of a radio");
	m->mac = *mac;
	m->ifindex = ifindex;
	timer_init(&m->poll, 0);
	RB_INSERT(member_tree, &r->members, m);
	r->nmembers++;
	return m;
}

static void
drop(struct radio *r, struct member *m)
{
	timer_clear(&r->timers, &m->poll);
	RB_REMOVE(member_tree, &r->members, m);
	r->nmembers--;
	r->nauthorised -= m->authorised;
	free(m);
}

static void
poll_in(struct radio *r, struct member *m, int64_t ms, monotime_t now)
{
	m->wait = 2 * ms;
	if (timer_set(&r->timers, &m->poll, monotime_add(now, ms)) == -1)
		fatal("station of a radio");
}

/* Fourteen times at most; after that another sign must come. */
static void
poll(struct radio *r, struct member *m, monotime_t now)
{
	struct radio_state state;

	if (!r->ops.ask(r->ops.arg, m->ifindex, &m->mac, &state)) {
		unauthorise(r, m);
		drop(r, m);
		return;
	}
	if (may_send(r, m, &state))
		settle(r, m, now);
	else if (!m->authorised && m->wait <= POLL_LAST)
		poll_in(r, m, m->wait, now);
}

/* hostapd puts a station into its VLAN without an event. */
static void
settle(struct radio *r, struct member *m, monotime_t now)
{
	struct mac mac = m->mac;
	uint32_t at = m->ifindex;

	r->ops.where(r->ops.arg, &at, &mac);
	if (at != m->ifindex) {
		unauthorise(r, m);
		drop(r, m);
		if (at == 0)
			return;
		m = get(r, at, &mac);
		if (m->authorised)
			return;
	}
	authorise(r, m, SIGHTING_JOINED, 0, now);
}

/*
 * A full-MAC driver without flags adds stations only when they are associated,
 * and controls their ports itself.
 */
static bool
may_send(const struct radio *r, const struct member *m,
    const struct radio_state *state)
{
	return !state->has_flags || (state->authorised && (!state->protects ||
	    r->ops.keyed(r->ops.arg, m->ifindex, &m->mac)));
}

static void
authorise(struct radio *r, struct member *m, enum sighting_kind kind,
    uint64_t associated, monotime_t now)
{
	timer_clear(&r->timers, &m->poll);
	r->nauthorised += !m->authorised;
	m->authorised = true;
	m->since = now;
	report(r, m, kind, associated);
}

static void
report(struct radio *r, const struct member *m, enum sighting_kind kind,
    uint64_t associated)
{
	r->ops.report(r->ops.arg, m->ifindex, &m->mac, kind, associated);
}

static void
unauthorise(struct radio *r, struct member *m)
{
	if (!m->authorised)
		return;
	m->authorised = false;
	r->nauthorised--;
	report(r, m, SIGHTING_LEFT, 0);
}

static int
member_cmp(const struct member *a, const struct member *b)
{
	int cmp;

	if ((cmp = mac_cmp(&a->mac, &b->mac)) != 0)
		return cmp;
	return a->ifindex < b->ifindex ? -1 : a->ifindex > b->ifindex;
}
