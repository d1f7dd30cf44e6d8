/* SPDX-License-Identifier: ISC */
/* The calls of kernel.h: start, configuration, and end. */
#include <event2/event.h>
#include <stdlib.h>

#include "common/log.h"
#include "kernel/adopt.h"
#include "kernel/ceiling.h"
#include "kernel/check.h"
#include "kernel/doubt.h"
#include "kernel/event.h"
#include "kernel/fdb.h"
#include "kernel/footprint.h"
#include "kernel/former.h"
#include "kernel/guard.h"
#include "kernel/iface.h"
#include "kernel/kernel.h"
#include "kernel/leftover.h"
#include "kernel/neigh.h"
#include "kernel/netconf.h"
#include "kernel/netlink.h"
#include "kernel/news.h"
#include "kernel/nexthop.h"
#include "kernel/nft.h"
#include "kernel/node.h"
#include "kernel/port.h"
#include "kernel/reconcile.h"
#include "kernel/route.h"
#include "kernel/route_conf.h"
#include "kernel/route_sync.h"
#include "kernel/router.h"
#include "kernel/rule.h"
#include "kernel/setup.h"
#include "kernel/state.h"
#include "kernel/vrf.h"
#include "kernel/watch.h"
#include "kernel/way.h"
#include "kernel/wifi.h"
#include "radio/radio.h"

static int		 start(struct kernel *);
static int		 reload(struct kernel *, const struct conf *);
static void		 flush(struct kernel *);
static void		 on_flush(evutil_socket_t, short, void *);
static void		 on_resolve(evutil_socket_t, short, void *);
static void		 on_reconcile(evutil_socket_t, short, void *);
static void		 on_retry(evutil_socket_t, short, void *);
static void		 on_drain(evutil_socket_t, short, void *);
static void		 on_rules(evutil_socket_t, short, void *);
static void		 on_mend(evutil_socket_t, short, void *);
static void		 on_leaving(evutil_socket_t, short, void *);
static void		 on_apart(evutil_socket_t, short, void *);
static struct event	*timer_event(struct kernel *, event_callback_fn);
static void		 free_events(struct kernel *);
static void		 close_all(struct kernel *);

struct kernel *
kernel_open(struct event_base *base, const struct kernel_ops *ops)
{
	struct kernel *k;

	if ((k = calloc(1, sizeof(*k))) == NULL)
		fatal("kernel");
	k->base = base;
	k->ops = *ops;
	k->memory = ceiling_memory();
	k->walk = 1;
	RB_INIT(&k->nodes);
	RB_INIT(&k->addrs);
	RB_INIT(&k->vlans);
	RB_INIT(&k->fdb);
	RB_INIT(&k->routes);
	RB_INIT(&k->routers);
	RB_INIT(&k->numbers);
	RB_INIT(&k->leftovers);
	TAILQ_INIT(&k->ifaces);
	TAILQ_INIT(&k->dirty);
	TAILQ_INIT(&k->fails);
	TAILQ_INIT(&k->drains);
	TAILQ_INIT(&k->doubts);
	TAILQ_INIT(&k->strays);
	TAILQ_INIT(&k->neigh_doubts);
	TAILQ_INIT(&k->neigh_leavings);
	TAILQ_INIT(&k->dirty_routers);
	k->flush = timer_event(k, on_flush);
	k->resolve = timer_event(k, on_resolve);
	k->reconcile = timer_event(k, on_reconcile);
	k->retry = timer_event(k, on_retry);
	k->drain = timer_event(k, on_drain);
	k->rules = timer_event(k, on_rules);
	k->mend_due = timer_event(k, on_mend);
	k->leaving = timer_event(k, on_leaving);
	k->apart = timer_event(k, on_apart);

	/* Monitors first, so that no change is missed during the dumps. */
	if ((k->nl = netlink_open(k, NETLINK_ROUTE)) == NULL ||
	    (k->dumper = netlink_open(k, NETLINK_ROUTE)) == NULL ||
	    (k->walker = netlink_open(k, NETLINK_ROUTE)) == NULL ||
	    news_open(k) == -1 || fdb_open(k) == -1 ||
	    way_open(k) == -1 || rule_open(k) == -1 || watch_open(k) == -1 ||
	    netconf_open(k) == -1) {
		close_all(k);
		return NULL;
	}
	wifi_open(k);
	nft_open(k);
	return k;
}

static struct event *
timer_event(struct kernel *k, event_callback_fn fn)
{
	struct event *ev;

	if ((ev = event_new(k->base, -1, 0, fn, k)) == NULL)
		fatalx("kernel: no event");
	return ev;
}

int
kernel_conf(struct kernel *k, const struct conf *conf)
{
	int rv;

	if (!k->configured) {
		k->conf = conf->global;
		conf_prefixes_make(&k->prefixes, conf);
		conf_names_make(&k->names, conf);
		vrf_conf(k, conf);
		if (isolate_conf(k, conf) == -1 || news_dump(k) == -1)
			return -1;
		wifi_roles(k);
		iface_conf(k, conf);
		footprint_former(k);
		rv = start(k);
	} else
		rv = reload(k, conf);
	if (rv == 0) {
		check_conf(k);
		guard_forget(k);
		nft_look_soon(k);
	}
	return rv;
}

static int
start(struct kernel *k)
{
	watch_conf(k);
	rule_leftovers(k);
	if (rule_set(k) == -1)
		return -1;
	k->configured = true;
	news_setup(k);
	wifi_conf(k);
	fdb_dump(k);
	adopt_former(k);
	footprint_changed(k);
	flush(k);
	return 0;
}

static int
reload(struct kernel *k, const struct conf *conf)
{
	static struct conf_prefixes prefixes;	/* large; of one reload */
	struct conf_global old = k->conf;
	uint32_t n;
	int rv = 0;

	prefixes = k->prefixes;

	if (old.table != conf->global.table ||
	    old.rule_priority != conf->global.rule_priority)
		rule_remove(k);
	k->conf = conf->global;
	conf_prefixes_make(&k->prefixes, conf);
	conf_names_make(&k->names, conf);
	vrf_conf(k, conf);
	if (isolate_conf(k, conf) == -1)
		rv = -1;
	watch_conf(k);
	iface_conf(k, conf);
	if (rule_set(k) == -1)
		rv = -1;
	wifi_conf(k);
	news_setup(k);
	fdb_dump(k);
	for (n = 0; n < prefixes.n; n++)
		former_add(k, &prefixes.list[n].prefix);
	if (old.direct_default != k->conf.direct_default)
		way_recheck(k, 5);
	route_conf(k, &old);
	neigh_conf(k, &prefixes);
	footprint_changed(k);
	flush(k);
	kernel_later(k->reconcile, 1000);
	return rv;
}

void
kernel_started(struct kernel *k)
{
	if (k->started)
		return;
	k->started = true;
	route_started(k);
	flush(k);
	leftover_remove(k);
	netlink_flush(k->nl);
	reconcile_start(k);
}

int
kernel_disassociate(struct kernel *k, const struct disassociate *d)
{
	struct kiface *i;
	struct knode *port;

	if ((i = iface_find(k, d->ifindex)) == NULL) {
		k->stats.refused++;
		return -1;
	}
	port = node_find(k, d->port);
	if (port != NULL && port->ap != NULL && port_has(k, port, i)) {
		if (wifi_drop(k, port, &d->mac, d->silent) == -1)
			log_debug("%s: station %s: no hostapd that could drop "
			    "it", port->link.name, mac_text(&d->mac));
		return 0;
	}
	fdb_forget(k, i, &d->mac);
	kernel_wake(k);
	return 0;
}

int
kernel_pin(struct kernel *k, const struct pin *p)
{
	struct kiface *i;
	struct knode *port;

	if ((i = iface_find(k, p->ifindex)) == NULL ||
	    ((port = node_find(k, p->port)) != NULL &&
	    !port_has(k, port, i))) {
		k->stats.refused++;
		return -1;
	}
	/* An access point above which the interface is has no entries. */
	if (port != NULL && (port->link.master == p->ifindex ||
	    (i->above != 0 && port->link.master == i->above)))
		fdb_pin(k, i, p);
	kernel_wake(k);
	return 0;
}

int
kernel_inquire(struct kernel *k, const struct inquiry *q)
{
	struct kiface *i;
	struct knode *port;

	if ((i = iface_find(k, q->ifindex)) == NULL ||
	    ((port = node_find(k, q->port)) != NULL &&
	    !port_has(k, port, i))) {
		k->stats.refused++;
		return -1;
	}
	wifi_check(k, q->port, &q->mac);
	return 0;
}

/* Do what was asked for in this turn of the loop. */
static void
flush(struct kernel *k)
{
	if (!k->configured || k->closing)
		return;
	if (k->fdb_dump)
		fdb_dump(k);
	nexthop_flush(k);
	route_flush(k);
	footprint_report(k);
}

static void
on_flush(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	flush(arg);
}

static void
on_resolve(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	nexthop_check(arg);
}

static void
on_reconcile(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	reconcile_start(arg);
}

static void
on_retry(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	nexthop_check(arg);
	route_retry(arg);
}

static void
on_drain(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	route_drain(arg);
}

static void
on_leaving(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	neigh_expire(arg);
}

static void
on_apart(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	isolate_mend(arg);
}

static void
on_rules(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	rule_check(arg);
}

static void
on_mend(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	doubt_run(arg);
}

void
kernel_close(struct kernel *k, bool leave_routes)
{
	struct kiface *i;

	if (k == NULL)
		return;
	if (leave_routes)
		flush(k);
	if (k->configured)
		fdb_unpin(k);
	k->closing = true;
	if (k->configured && !leave_routes) {
		route_remove_all(k);
		neigh_remove_all(k);
		nexthop_remove_all(k);
		rule_remove(k);
		TAILQ_FOREACH(i, &k->ifaces, entry)
			iface_restore(k, i);
		isolate_remove(k);
		k->configured = false;
		k->footprint_changed = true;
		footprint_report(k);
	}
	close_all(k);
}

static void
close_all(struct kernel *k)
{
	struct kiface *i;

	nft_close(k);
	wifi_close(k);
	netlink_close(k->walker);
	netlink_close(k->dumper);
	netlink_close(k->nl);
	netconf_close(k);
	watch_close(k);
	rule_close(k);
	way_close(k);
	fdb_close(k);
	while ((i = TAILQ_FIRST(&k->ifaces)) != NULL)
		iface_free(k, i);
	route_free_all(k);
	stray_free_all(k);
	isolate_free(k);
	router_free_all(k);
	leftover_free_all(k);
	neigh_free_all(k);
	news_close(k);
	free_events(k);
	free(k->former_run);
	free(k);
}

static void
free_events(struct kernel *k)
{
	event_free(k->flush);
	event_free(k->resolve);
	event_free(k->reconcile);
	event_free(k->retry);
	event_free(k->drain);
	event_free(k->rules);
	event_free(k->mend_due);
	event_free(k->leaving);
	event_free(k->apart);
}
