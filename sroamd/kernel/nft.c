/* SPDX-License-Identifier: ISC */
/* Looks at the rules of nftables: nft.h. */
#include <sys/socket.h>

#include <errno.h>
#include <event2/event.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "kernel/event.h"
#include "kernel/guard.h"
#include "kernel/monitor.h"
#include "kernel/netlink.h"
#include "kernel/nft.h"
#include "kernel/nlmsg.h"
#include "kernel/node.h"
#include "kernel/port.h"
#include "kernel/state.h"

#define NFT(type)	(NFNL_SUBSYS_NFTABLES << 8 | (type))

/* Lists of a look, one after the other. */
static const int lists[] = {
	NFT_MSG_GETFLOWTABLE, NFT_MSG_GETTABLE, NFT_MSG_GETCHAIN,
	NFT_MSG_GETRULE
};

#define LISTS	(int)(sizeof(lists) / sizeof(lists[0]))

static bool	there_is_nftables(void);
static void	changed(void *, struct nlmsghdr *);
static void	lost(void *);
static void	on_due(evutil_socket_t, short, void *);
static void	step(struct kernel *, int);
static void	step_done(void *, int);
static void	begin(struct kernel *);
static void	finish(struct kernel *);
static void	each(void *, struct nlmsghdr *);
static void	each_guard(struct kernel *, struct nlmsghdr *);
static void	look_at_chain(struct kernel *,
		    const struct kernel_nft_chain *);
static void	flowtable(struct kernel *, const struct kernel_flowtable *);
static void	say(struct kernel *, const char *, ...)
		    __attribute__((format(printf, 2, 3)));

void
nft_open(struct kernel *k)
{
	const int group = NFNLGRP_NFTABLES;

	if ((k->nft.due = event_new(k->base, -1, 0, on_due, k)) == NULL)
		fatalx("kernel: no event");
	if (!there_is_nftables() ||
	    (k->nft.nl = netlink_open(k, NETLINK_NETFILTER)) == NULL)
		return;
	k->nft.changes = netlink_monitor_open(k->base, NETLINK_NETFILTER,
	    &group, 1, NULL, 0, changed, lost, k);
}

/* Without a line in the log where the kernel has none. */
static bool
there_is_nftables(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
	    NETLINK_NETFILTER);

	if (fd == -1)
		return false;
	close(fd);
	return true;
}

void
nft_close(struct kernel *k)
{
	netlink_monitor_close(k->nft.changes);
	netlink_close(k->nft.nl);
	if (k->nft.due != NULL)
		event_free(k->nft.due);
	k->nft = (struct knft){ 0 };
}

void
nft_look_soon(struct kernel *k)
{
	if (k->nft.nl != NULL && !k->closing)
		kernel_later(k->nft.due, NFT_SOON);
}

/* Not elements of sets, which may change at any rate. */
static void
changed(void *arg, struct nlmsghdr *nlh)
{
	switch (nlh->nlmsg_type) {
	case NFT(NFT_MSG_NEWTABLE):
	case NFT(NFT_MSG_DELTABLE):
	case NFT(NFT_MSG_NEWCHAIN):
	case NFT(NFT_MSG_DELCHAIN):
	case NFT(NFT_MSG_NEWRULE):
	case NFT(NFT_MSG_DELRULE):
	case NFT(NFT_MSG_NEWFLOWTABLE):
	case NFT(NFT_MSG_DELFLOWTABLE):
		nft_look_soon(arg);
	}
}

static void
lost(void *arg)
{
	nft_look_soon(arg);
}

static void
on_due(evutil_socket_t fd, short what, void *arg)
{
	struct kernel *k = arg;
	monotime_t now = clock_monotime();

	(void)fd;
	(void)what;
	if (!k->configured || TAILQ_EMPTY(&k->ifaces))
		return;
	if (k->nft.step != 0 || monotime_before(now, k->nft.next)) {
		kernel_later(k->nft.due, NFT_SOON);
		return;
	}
	k->nft.next = monotime_add(now, NFT_AGAIN);
	begin(k);
	step(k, 1);
}

/* which: the number of a list, from 1. */
static void
step(struct kernel *k, int which)
{
	k->nft.step = which;
	if (netlink_walk(k->nft.nl, k->base, msg_dump_nft(lists[which - 1]),
	    each, step_done) == -1)
		step_done(k, errno);
}

/*
 * A kernel may lack nftables, or flow tables; nothing is to be said of what it
 * does not list.  What changed meanwhile is read again.
 */
static void
step_done(void *arg, int error)
{
	struct kernel *k = arg;
	int was = k->nft.step;

	if (error != 0)
		log_debug("nftables: list: %s", strerror(error));
	if (error != 0 && lists[was - 1] != NFT_MSG_GETFLOWTABLE)
		k->nft.failed = true;
	if (error == EINTR)
		kernel_later(k->nft.due, NFT_AGAIN);
	else if (was < LISTS) {
		step(k, was + 1);
		return;
	}
	k->nft.step = 0;
	if (error == 0)
		finish(k);
	guard_end(k, !k->nft.failed);
}

static void
begin(struct kernel *k)
{
	unsigned int i;

	for (i = 0; i < k->nft.n; i++)
		k->nft.said[i].seen = false;
	k->nft.failed = false;
	guard_begin(k);
}

/* What is not there any more is said again if it returns. */
static void
finish(struct kernel *k)
{
	unsigned int i, n = 0;

	for (i = 0; i < k->nft.n; i++)
		if (k->nft.said[i].seen)
			k->nft.said[n++] = k->nft.said[i];
	k->nft.n = n;
}

static void
each(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct kernel_flowtable f;
	struct kernel_nat nat;

	each_guard(k, nlh);
	if (msg_read_flowtable(nlh, &f) == 0)
		flowtable(k, &f);
	else if (msg_read_nat(nlh, &nat) == 0)
		say(k, "nftables: table %s, chain %s masquerades: the "
		    "connections of stations to which it applies end when "
		    "they roam", nat.table, nat.chain);
}

static void
each_guard(struct kernel *k, struct nlmsghdr *nlh)
{
	struct kernel_nft_table table;
	struct kernel_nft_chain chain;
	struct kernel_nft_rule rule;

	if (msg_read_nft_table(nlh, &table) == 0)
		guard_table(k, &table);
	else if (msg_read_nft_chain(nlh, &chain) == 0) {
		guard_chain(k, &chain);
		look_at_chain(k, &chain);
	} else if (msg_read_nft_rule(nlh, &rule) == 0)
		guard_rule(k, &rule);
}

/* As a firewall has it, and Docker sets it. */
static void
look_at_chain(struct kernel *k, const struct kernel_nft_chain *c)
{
	if (c->hooked && c->hook == NF_INET_FORWARD && c->drops &&
	    (c->family == NFPROTO_INET || c->family == NFPROTO_IPV4 ||
	    c->family == NFPROTO_IPV6))
		say(k, "nftables: table %s has policy drop for what is "
		    "forwarded: do its rules accept what stations send, and "
		    "what is sent to them?", c->table);
}

static void
flowtable(struct kernel *k, const struct kernel_flowtable *f)
{
	struct knode *n, *master;
	struct kiface *iface;
	unsigned int i;

	for (i = 0; i < f->n; i++)
		if ((n = node_by_name(k, f->devices[i])) != NULL &&
		    n->link.master != 0 &&
		    (master = node_find(k, n->link.master)) != NULL &&
		    (iface = master->iface != NULL ? master->iface :
		    port_any(k, n)) != NULL && master->link.bridge)
			say(k, "nftables: table %s, flowtable %s has the port "
			    "%s of %s: its flows do not follow a station that "
			    "roams; have %s in its place", f->table, f->name,
			    n->link.name, iface->conf.name,
			    iface->conf.name);
}

static void
say(struct kernel *k, const char *fmt, ...)
{
	char text[sizeof(k->nft.said[0].text)];
	unsigned int i;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (i = 0; i < k->nft.n; i++)
		if (strcmp(k->nft.said[i].text, text) == 0) {
			k->nft.said[i].seen = true;
			return;
		}
	if (k->nft.n == NFT_SAID)
		return;
	strlcpy(k->nft.said[k->nft.n].text, text, sizeof(text));
	k->nft.said[k->nft.n++].seen = true;
	log_warnx("%s", text);
}
