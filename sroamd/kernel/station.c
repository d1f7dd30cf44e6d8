/* SPDX-License-Identifier: ISC */
/*
 * Stations of access points: the questions of radio/radio.h to the kernel, and
 * its reports.
 */
#include <errno.h>
#include <event2/event.h>
#include <netlink/msg.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/log.h"
#include "kernel/ap_vlan.h"
#include "kernel/iface.h"
#include "kernel/netlink.h"
#include "kernel/node.h"
#include "kernel/state.h"
#include "kernel/station.h"
#include "radio/radio.h"

static void	report(void *, uint32_t, const struct mac *, enum sighting_kind,
		    uint64_t);
static uint32_t	age_of(uint64_t);
static void	answered(void *, void *, int, int, struct nlmsghdr *);
static bool	ask(void *, uint32_t, const struct mac *, struct radio_state *);
static bool	keyed(void *, uint32_t, const struct mac *);
static void	where(void *, uint32_t *, const struct mac *);
static void	probe(void *, uint32_t, const struct mac *);

void
station_open(struct kernel *k)
{
	const struct radio_ops ops = { report, ask, keyed, where, probe, k };

	k->radio = radio_new(&ops);
}

void
station_close(struct kernel *k)
{
	radio_free(k->radio);
	if (k->radio_due != NULL)
		event_free(k->radio_due);
	k->radio = NULL;
	k->radio_due = NULL;
}

void
station_schedule(struct kernel *k)
{
	monotime_t due = radio_due(k->radio);
	struct timeval tv = { 0, 0 };
	int64_t us;

	if (monotime_is_never(due)) {
		event_del(k->radio_due);
		return;
	}
	if ((us = due.us - clock_monotime().us) > 0) {
		tv.tv_sec = us / 1000000;
		tv.tv_usec = us % 1000000;
	}
	event_add(k->radio_due, &tv);
}

static void
report(void *arg, uint32_t ifindex, const struct mac *mac,
    enum sighting_kind kind, uint64_t associated)
{
	struct kernel *k = arg;
	struct sighting s;
	struct knode *n;

	if ((n = node_find(k, ifindex)) == NULL || n->serves == NULL ||
	    n->serves->node == NULL || !iface_by_radio(n->serves))
		return;
	memset(&s, 0, sizeof(s));
	s.ifindex = n->serves->node->link.ifindex;
	s.port = ifindex;
	s.kind = kind;
	s.age = kind == SIGHTING_PRESENT ? age_of(associated) : 0;
	s.source = SOURCE_NL80211;
	s.mac = *mac;
	strlcpy(s.port_name, n->link.name, sizeof(s.port_name));
	k->ops.sighting(k->ops.arg, &s);
}

static uint32_t
age_of(uint64_t associated)
{
	struct timespec ts;
	uint64_t ns;

	if (associated == 0 || clock_gettime(CLOCK_BOOTTIME, &ts) == -1)
		return AGE_UNKNOWN;
	ns = (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
	if (ns < associated || (ns - associated) / 1000000 >= AGE_UNKNOWN)
		return AGE_UNKNOWN;
	return (uint32_t)((ns - associated) / 1000000);
}

/* Ask the kernel, which answers at once. */
void
station_inquire(struct kernel *k, struct nl_msg *msg, struct question *q)
{
	memset(q, 0, sizeof(*q));
	q->family = k->nl80211.family;
	netlink_request(k->genl, msg, answered, q, 0);
	netlink_flush(k->genl);
}

/* The answer of mac80211 contains the key itself, which is not read. */
static void
answered(void *arg, void *obj, int op, int error, struct nlmsghdr *reply)
{
	struct question *q = obj;

	(void)arg;
	(void)op;
	q->error = error;
	if (error != 0 || reply == NULL)
		return;
	q->answered = nl80211_read(reply, q->family, &q->news) == 0;
	explicit_bzero(nlmsg_data(reply), (size_t)nlmsg_datalen(reply));
}

static bool
ask(void *arg, uint32_t ifindex, const struct mac *mac,
    struct radio_state *state)
{
	struct kernel *k = arg;
	struct question q;

	station_inquire(k, nl80211_get_station(k->nl80211.family, ifindex,
	    mac), &q);
	if (q.answered) {
		*state = q.news.state;
		return true;
	}
	/* Any other error says nothing of the station. */
	memset(state, 0, sizeof(*state));
	state->has_flags = true;
	return q.error != ENOENT && q.error != ENODEV;
}

/* Two keys at most.  An error other than "no such key" shows nothing. */
static bool
keyed(void *arg, uint32_t ifindex, const struct mac *mac)
{
	struct kernel *k = arg;
	struct question q;
	uint8_t id;

	for (id = 0; id < 2; id++) {
		station_inquire(k, nl80211_get_key(k->nl80211.family, ifindex,
		    mac, id), &q);
		if (q.error != ENOENT)
			return true;
	}
	return false;
}

static void
where(void *arg, uint32_t *ifindex, const struct mac *mac)
{
	struct kernel *k = arg;
	struct knode *n = node_find(k, *ifindex);

	if (n != NULL && n->divided)
		*ifindex = ap_vlan_where(k, n, mac);
}

/* Through the access point, whose VLANs cannot. */
static void
probe(void *arg, uint32_t ifindex, const struct mac *mac)
{
	struct kernel *k = arg;
	struct knode *n = node_find(k, ifindex);
	struct question q;

	station_inquire(k, nl80211_probe_client(k->nl80211.family,
	    n != NULL ? ap_vlan_ap(n) : ifindex, mac), &q);
	/* If the driver cannot probe, ARP and ND must do. */
	if (q.error != 0)
		radio_probed(k->radio, ifindex, mac, false);
}
